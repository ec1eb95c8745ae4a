// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. What a DeferredLock, a DeferredSemaphore and those who hold them share.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/detail/counted_ptr.h>
#include <couplet/deferred/detail/waiting_line.h>
#include <couplet/deferred/thread_stamp.h>

#pragma GCC visibility push(default)
namespace couplet {
class Acquired;
}

namespace couplet::detail {

/// A number of tokens, and a line of those who want one.
class Tokens : public Counted {
 public:
  explicit Tokens(std::size_t count) noexcept : count_(count), free_(count) {}

  Deferred<Acquired> acquire(SourceLocation here);
  /// For Acquired: one is free again.
  void giveBack() noexcept;
  /// Those who wait fail with AbandonedError.
  void abandon() noexcept;

  /// Those that a newcomer could have: one that was given back may be on its way to who waits.
  std::size_t free() const noexcept { return free_ - std::min(free_, line_.size()); }
  std::size_t waiting() const noexcept { return line_.size() - std::min(free_, line_.size()); }
  /// Where the one who was last given a token has asked for it.
  SourceLocation lastTaken() const noexcept { return lastTaken_; }

 private:
  Acquired take(SourceLocation askedAt) noexcept;
  static std::string describe(const void* self);

  std::size_t count_;
  std::size_t free_;
  WaitingLine<Acquired> line_{{this, &describe}};
  SourceLocation lastTaken_{};
  PendingStamp takenAt_;
  bool handing_ = false;  // giveBack is on the stack
};

}  // namespace couplet::detail
#pragma GCC visibility pop
