// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. What a stall detector knows and decides, without a thread or a clock: one thread tells
// what it begins and ends, another asks what has run for too long. No mutex: what is watched does
// not wait for who watches.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <couplet/deferred/clock.h>
#include <couplet/deferred/running_site.h>
#include <couplet/reactor/stall_detector.h>

namespace couplet::detail {

class StallWatch {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// `sites` is of the thread that is watched, and outlives this.
  StallWatch(Duration limit, const SiteRecord& sites) noexcept : limit_(limit), sites_(sites) {}

  // On the thread that is watched, in turns.

  void begin(TimePoint now, const CallSite& site, const SiteSubject& subject) noexcept;
  /// Whether that was told as a stall: then the other thread has to say that it is over.
  bool end(TimePoint now) noexcept;

  // On the thread that watches.

  /// A stall that is to be reported now. To be asked until there is none.
  std::optional<Stall> check(TimePoint now);

  /// When to check next; empty when something has to begin before, or to end that was told.
  std::optional<TimePoint> nextCheck(TimePoint now) noexcept;

 private:
  enum State : std::uint64_t { kIdle, kRuns, kTold, kStates };  // plus kStates for each begin
  /// What the thread that is watched was seen at.
  struct Seen {
    CallSite outermost;
    SiteSubject subject;  // of that
    CallSite innermost;

    std::string describe() const;
  };

  std::optional<Stall> checkOver();
  Duration lasting(TimePoint now) const noexcept;
  Seen look() const noexcept;

  const Duration limit_;
  const SiteRecord& sites_;

  // What begins is written, and its state last. What was read belongs together if the state is the
  // same before and after.
  std::atomic<std::uint64_t> state_ = kIdle;
  std::atomic<TimePoint::rep> begunAt_ = 0;
  std::atomic<const char*> what_ = nullptr;
  std::atomic<const char*> file_ = "";
  std::atomic<unsigned> line_ = 0;
  std::atomic<decltype(SiteSubject::print)> print_ = nullptr;
  std::array<std::atomic<std::uint64_t>, SiteSubject::Words().size()> words_{};
  std::atomic<Duration::rep> lasted_ = 0;  // what was told, and is over

  // The thread's that watches.
  std::optional<Stall> told_;
  std::uint64_t seen_ = kIdle;  // the state at the last nextCheck
};

/// Hands it to the function of setStallFunction.
void report(const Stall& stall) noexcept;

}  // namespace couplet::detail
