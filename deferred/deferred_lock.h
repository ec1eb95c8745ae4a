// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// One at a time. Twisted's defer.DeferredLock.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>

#include <couplet/deferred/acquired.h>
#include <couplet/deferred/deferred.h>
#include <couplet/deferred/detail/run_holding.h>

#pragma GCC visibility push(default)
namespace couplet {

/// A lock for chains and coroutines of one thread: no thread ever blocks in it. Those who wait get
/// it in the order in which they asked, and nobody gets in between.
///
///     DeferredLock file;
///     file.run([&] { return append(line); });
///
/// Those who wait when it is destroyed fail with AbandonedError, in that order; it may be destroyed
/// by one of them, and by who holds it. Waiting takes no heap memory in the steady state.
class DeferredLock {
 public:
  DeferredLock();
  DeferredLock(const DeferredLock&) = delete;
  DeferredLock& operator=(const DeferredLock&) = delete;
  ~DeferredLock();

  /// Fires with the lock, at once when it is free. Cancelling gives up one's place in the line.
  /// Dropped, the Deferred keeps it, and the lock is released as soon as it comes.
  [[nodiscard]] Deferred<Acquired> acquire(SourceLocation here = SourceLocation::current());

  /// Calls `f()` with the lock, as `maybeDeferred` does, releases it when the answer is there, and
  /// gives that. Cancelled while it waits, `f` is never called; afterwards what `f` gave is
  /// cancelled, and the lock is released when that has ended. Discarded, it is released at once.
  template <class F>
  auto run(F f, SourceLocation here = SourceLocation::current()) {
    return detail::runHolding(acquire(here), std::move(f), here);
  }

  /// Whether an `acquire` would have to wait.
  bool locked() const noexcept { return tokens_->free() == 0; }

  /// How many wait.
  std::size_t waiting() const noexcept { return tokens_->waiting(); }

  /// Where the one who has it called `acquire` or `run`; nothing when it is free.
  std::optional<SourceLocation> holder() const noexcept;

 private:
  detail::CountedPtr<detail::Tokens> tokens_;  // one; shared with who has it
};

}  // namespace couplet
#pragma GCC visibility pop
