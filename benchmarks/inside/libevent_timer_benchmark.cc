// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What libevent's event_add and event_del of a timer cost in a loop that runs, without locks: the
// cases of timer_benchmark.cc.
#include <event2/event.h>
#include <event2/event_struct.h>

#include <chrono>
#include <vector>

#include <benchmark/benchmark.h>

#include "benchmarks/inside/timers.h"

namespace {

class Timers {
 public:
  template <class F>
  static void inLoop(std::size_t room, F f) {
    event_config* config = event_config_new();
    event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
    event_base* base = event_base_new_with_config(config);
    event_config_free(config);
    {
      Timers timers(base, room);
      struct Start {
        Timers& timers;
        F& f;
      } start{timers, f};
      const timeval now{};
      event_base_once(
          base, -1, EV_TIMEOUT,
          [](evutil_socket_t, short, void* context) {
            auto* start = static_cast<Start*>(context);
            start->f(start->timers);
            event_base_loopbreak(start->timers.base_);
          },
          &start, &now);
      event_base_dispatch(base);
    }
    event_base_free(base);
  }

  void add(std::size_t place, std::chrono::microseconds delay) {
    const timeval time{delay.count() / 1'000'000, delay.count() % 1'000'000};
    event_add(&events_[place], &time);
  }
  void cancel(std::size_t place) { event_del(&events_[place]); }

 private:
  Timers(event_base* base, std::size_t room) : base_(base), events_(room) {
    for (event& timer : events_) evtimer_assign(&timer, base, count, this);
  }
  ~Timers() {
    for (event& timer : events_) event_del(&timer);
  }

  static void count(evutil_socket_t, short, void* self) { ++static_cast<Timers*>(self)->called_; }

  event_base* base_;
  std::vector<event> events_;
  long called_ = 0;
};

const bool registered = [] {
  benchmarks::registerTimers<Timers>("libevent");
  return true;
}();

}  // namespace
