// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/detail/event_loop.h>

#include <event2/event.h>
#include <event2/event_struct.h>
#include <sys/eventfd.h>
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

::event_base* newBase() {
  std::unique_ptr<::event_config, FreeConfig> config(::event_config_new());
  if (!config) throw std::bad_alloc();
  ::event_config_set_flag(config.get(), EVENT_BASE_FLAG_NOLOCK);
  ::event_config_require_features(config.get(), EV_FEATURE_ET | EV_FEATURE_EARLY_CLOSE);
  ::event_base* base = ::event_base_new_with_config(config.get());
  if (base == nullptr) throw std::runtime_error("libevent has no back-end that is edge-triggered");
  return base;
}

[[noreturn]] void throwErrno(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
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

EventLoop::EventLoop()
    : base_(newBase()), wakeDescriptor_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (wakeDescriptor_ < 0) {
    int error = errno;
    ::event_base_free(base_);
    throw std::system_error(error, std::generic_category(), "eventfd");
  }
  construct(alarm_);
  ::event_assign(eventIn(alarm_), base_, -1, 0, &EventLoop::alarmRang, this);
  // Edge-triggered: each write is told once, and the counter need not be read.
  wakeWatch_.start(
      *this, wakeDescriptor_, kReadable | kEdgeTriggered, [](int, short, void*) {}, nullptr);
}

EventLoop::~EventLoop() {
  wakeWatch_.stop();
  ::event_del(eventIn(alarm_));
  ::event_base_free(base_);
  ::close(wakeDescriptor_);
}

void EventLoop::wait(bool block, std::optional<TimePoint> until) {
  if (block && until) setAlarm(*until);
  if (::event_base_loop(base_, block ? EVLOOP_ONCE : EVLOOP_NONBLOCK) < 0) throwErrno("epoll_wait");
}

void EventLoop::wake() noexcept {
  std::uint64_t one = 1;
  while (::write(wakeDescriptor_, &one, sizeof one) < 0 && errno == EINTR) {
  }
}

/// An alarm that rings too early is left alone, since it costs one wake-up and no heap operation.
void EventLoop::setAlarm(TimePoint until) {
  if (alarmAt_ && *alarmAt_ <= until) return;
  using std::chrono::microseconds;
  constexpr microseconds kLongest = std::chrono::hours(24);
  auto wait = std::chrono::ceil<microseconds>(until - std::chrono::steady_clock::now());
  wait = std::clamp(wait, microseconds(0), kLongest);
  ::timeval interval{static_cast<::time_t>(wait.count() / 1'000'000),
                     static_cast<::suseconds_t>(wait.count() % 1'000'000)};
  if (::event_add(eventIn(alarm_), &interval) != 0) throw std::bad_alloc();
  alarmAt_ = until;
}

void EventLoop::alarmRang(int, short, void* self) {
  static_cast<EventLoop*>(self)->alarmAt_.reset();
}

}  // namespace couplet::detail
