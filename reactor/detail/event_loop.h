// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. libevent, as this project uses it: what is ready, signals, and one alarm. No header of
// libevent is needed to include this one.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include <couplet/reactor/detail/socket.h>

struct event_base;

namespace couplet::detail {

class EventLoop;

/// What a descriptor can do, or is watched for. The values are libevent's.
enum Readiness : short {
  kReadable = 0x02,
  kWritable = 0x04,
  kEdgeTriggered = 0x20,  ///< only for watching: tell changes, not states
  kHungUp = 0x80,         ///< the peer sends no more
};

/// Room for one `struct event`.
struct EventMemory {
  alignas(void*) std::byte bytes[128];
};

/// Watches one descriptor or signal from `start` until `stop` or its death. The memory that
/// libevent needs is inside. Must not outlive the loop while it is started.
class Watch {
 public:
  /// Called from the loop. `what` is of Readiness. Must not throw.
  using Ready = void (*)(int descriptor, short what, void* owner);

  Watch() noexcept = default;
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch() { stop(); }

  /// Throws std::bad_alloc or std::system_error. REQUIRES: !started()
  void start(EventLoop& loop, int descriptor, short what, Ready ready, void* owner);
  void startSignal(EventLoop& loop, int signal, Ready ready, void* owner);
  void stop() noexcept;
  bool started() const noexcept { return started_; }

 private:
  void add(EventLoop& loop, int descriptor, short events, Ready ready, void* owner);

  EventMemory event_;  // once started
  bool started_ = false;
};

/// Waits for what is watched. Belongs to one thread, but for `wake`.
class EventLoop {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  ~EventLoop();

  /// Calls what is ready. If `block`, waits until something is, or until `wake`, or until about
  /// `until`, when the wait may also end early.
  void wait(bool block, std::optional<TimePoint> until);

  /// From any thread: ends the wait, or the next one.
  void wake() noexcept;

 private:
  friend class Watch;

  void end() noexcept;
  void setAlarm(TimePoint until);
  static void alarmRang(int, short, void* self);

  ::event_base* base_;
  Descriptor wakeDescriptor_;
  Descriptor alarmDescriptor_;
  Watch wakeWatch_;
  Watch alarmWatch_;
  std::optional<TimePoint> alarmAt_;  // when the alarm rings; it is not set while this is empty
};

}  // namespace couplet::detail
