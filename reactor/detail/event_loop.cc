// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/detail/event_loop.h>

#include <event2/event.h>
#include <event2/event_struct.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <new>
#include <system_error>

namespace couplet::detail {

static_assert(kReadable == EV_READ && kWritable == EV_WRITE);
static_assert(kEdgeTriggered == EV_ET && kHungUp == EV_CLOSED);
static_assert(sizeof(::event) <= sizeof(EventMemory) && alignof(::event) <= alignof(EventMemory));

namespace {

::event* eventIn(EventMemory& memory) {
  return std::launder(reinterpret_cast<::event*>(memory.bytes));
}

void construct(EventMemory& memory) { ::new (static_cast<void*>(memory.bytes))::event; }

struct FreeConfig {
  void operator()(::event_config* config) const noexcept { ::event_config_free(config); }
};

[[noreturn]] void throwErrno(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// Where libevent cannot have its own, an epoll and a pair of sockets, it ends the program.
void requireDescriptors() {
  Descriptor held[3];
  for (Descriptor& one : held) {
    one = Descriptor(::eventfd(0, EFD_CLOEXEC));
    if (!one) throwErrno("making an event loop");
  }
}

::event_base* newBase() {
  requireDescriptors();
  std::unique_ptr<::event_config, FreeConfig> config(::event_config_new());
  if (!config) throw std::bad_alloc();
  ::event_config_set_flag(config.get(), EVENT_BASE_FLAG_NOLOCK);
  ::event_config_require_features(config.get(), EV_FEATURE_ET | EV_FEATURE_EARLY_CLOSE);
  ::event_base* base = ::event_base_new_with_config(config.get());
  if (base == nullptr) throw std::runtime_error("libevent has no back-end that is edge-triggered");
  return base;
}

}  // namespace

void Watch::start(EventLoop& loop, int descriptor, short what, Ready ready, void* owner) {
  add(loop, descriptor, what, ready, owner);
}

void Watch::startSignal(EventLoop& loop, int signal, Ready ready, void* owner) {
  add(loop, signal, EV_SIGNAL, ready, owner);
}

void Watch::add(EventLoop& loop, int descriptor, short events, Ready ready, void* owner) {
  construct(event_);
  ::event* event = eventIn(event_);
  errno = EINVAL;
  if (::event_assign(event, loop.base_, descriptor, static_cast<short>(events | EV_PERSIST), ready,
                     owner) != 0 ||
      ::event_add(event, nullptr) != 0) {
    throwErrno("watching a descriptor");
  }
  started_ = true;
}

void Watch::stop() noexcept {
  if (!started_) return;
  ::event_del(eventIn(event_));
  started_ = false;
}

// Both descriptors are edge-triggered: each write and each alarm is told once, and need not be
// read.
EventLoop::EventLoop() : base_(newBase()) {
  try {
    wakeDescriptor_ = Descriptor(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (!wakeDescriptor_) throwErrno("eventfd");
    alarmDescriptor_ = Descriptor(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
    if (!alarmDescriptor_) throwErrno("timerfd_create");
    constexpr short kOnce = kReadable | kEdgeTriggered;
    wakeWatch_.start(
        *this, wakeDescriptor_.get(), kOnce, [](int, short, void*) {}, nullptr);
    alarmWatch_.start(*this, alarmDescriptor_.get(), kOnce, &EventLoop::alarmRang, this);
  } catch (...) {
    end();
    throw;
  }
}

EventLoop::~EventLoop() { end(); }

void EventLoop::end() noexcept {
  wakeWatch_.stop();
  alarmWatch_.stop();
  ::event_base_free(base_);
}

void EventLoop::wait(bool block, std::optional<TimePoint> until) {
  if (block && until) setAlarm(*until);
  // Without EVLOOP_ONCE it would not return for as long as there is something new.
  int flags = EVLOOP_ONCE | (block ? 0 : EVLOOP_NONBLOCK);
  if (::event_base_loop(base_, flags) < 0) throwErrno("epoll_wait");
}

void EventLoop::wake() noexcept {
  std::uint64_t one = 1;
  while (::write(wakeDescriptor_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
}

/// A descriptor, since libevent's own timers go by a clock of 4 ms. An alarm that rings too early
/// is left alone, since it costs one wake-up and no system call.
void EventLoop::setAlarm(TimePoint until) {
  if (alarmAt_ && *alarmAt_ <= until) return;
  using std::chrono::nanoseconds;
  auto at =
      std::max(nanoseconds(until.time_since_epoch()), nanoseconds(1));  // 0 would switch it off
  ::itimerspec alarm{};
  alarm.it_value.tv_sec = static_cast<::time_t>(at.count() / 1'000'000'000);
  alarm.it_value.tv_nsec = static_cast<long>(at.count() % 1'000'000'000);
  if (::timerfd_settime(alarmDescriptor_.get(), TFD_TIMER_ABSTIME, &alarm, nullptr) != 0) {
    throwErrno("timerfd_settime");
  }
  alarmAt_ = until;
}

void EventLoop::alarmRang(int, short, void* self) {
  static_cast<EventLoop*>(self)->alarmAt_.reset();
}

}  // namespace couplet::detail
