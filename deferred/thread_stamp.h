// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What the view of pending work (deferred/pending.h) knows of a chain beside its places:
// when it was made, and in whose call. No clock is read for it: whoever keeps a thread's time tells
// it here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <couplet/deferred/clock.h>

#pragma GCC visibility push(default)
namespace couplet {

/// Put on each chain when it is made.
struct PendingStamp {
  std::uint32_t madeAt = 0;      ///< in ticks of 10 ms; 0: no clock has told the time
  std::uint32_t connection = 0;  ///< its number; 0: none
};

/// What the time is, and whose event is handled, on this thread.
class ThreadStamp {
 public:
  /// For clocks, whenever they look at the time.
  static void tellTime(Clock::TimePoint now) noexcept {
    time = now;
    stamp.madeAt = ticks(now);
  }
  using Look = Clock::TimePoint (*)() noexcept;

  /// For clocks of the system's, before they wait: the next one who asks calls `look` for the time.
  static void timePasses(Look look) noexcept {
    looking = look;
    stamp.madeAt = kStale;
  }

  static Clock::TimePoint now() noexcept {
    if (stamp.madeAt == kStale) lookAtTheClock();
    return time;
  }
  static PendingStamp current() noexcept {
    if (stamp.madeAt == kStale) [[unlikely]]
      lookAtTheClock();
    return stamp;
  }

  /// A number that no connection of this thread has had.
  static std::uint32_t newConnection() noexcept { return ++connections; }

  /// How long ago `made` was stamped; nothing where no clock had told the time.
  static std::optional<Duration> age(PendingStamp made) noexcept;

 private:
  friend class ConnectionEvent;

  static constexpr Duration kTick = std::chrono::milliseconds(10);
  static constexpr std::uint32_t kStale = 0xffffffff;

  static void lookAtTheClock() noexcept;

  // Neither 0 nor kStale.
  static std::uint32_t ticks(Clock::TimePoint at) noexcept {
    return static_cast<std::uint32_t>(at.time_since_epoch() / kTick % (kStale - 1)) + 1;
  }

  // Not inline, which would give each library that a program loads its own.
  static constinit thread_local PendingStamp stamp;
  static constinit thread_local Clock::TimePoint time;
  static constinit thread_local Look looking;
  static constinit thread_local std::uint32_t connections;
};

/// An event of the connection of that number is handled on this thread.
class ConnectionEvent {
 public:
  explicit ConnectionEvent(std::uint32_t connection) noexcept
      : outer_(ThreadStamp::stamp.connection) {
    ThreadStamp::stamp.connection = connection;
  }
  ConnectionEvent(const ConnectionEvent&) = delete;
  ConnectionEvent& operator=(const ConnectionEvent&) = delete;
  ~ConnectionEvent() { ThreadStamp::stamp.connection = outer_; }

 private:
  std::uint32_t outer_;
};

/// Knows connections by their numbers. Asked on the thread that made it, as long as it lives.
class ConnectionNames {
 public:
  ConnectionNames() noexcept : outer_(innermost) { innermost = this; }
  ConnectionNames(const ConnectionNames&) = delete;
  ConnectionNames& operator=(const ConnectionNames&) = delete;

  /// `connection 3 from 127.0.0.1:4000`; one that nobody knows any more is lost.
  static std::string nameOf(std::uint32_t connection);

 protected:
  ~ConnectionNames();

 private:
  /// Empty where it is none of these.
  virtual std::string connectionName(std::uint32_t connection) const = 0;

  ConnectionNames* outer_;

  static constinit thread_local ConnectionNames* innermost;
};

}  // namespace couplet
#pragma GCC visibility pop
