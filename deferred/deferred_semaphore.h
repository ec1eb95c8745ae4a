// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// So many at a time. Twisted's defer.DeferredSemaphore.
#pragma once

#include <cstddef>
#include <utility>

#include <couplet/deferred/acquired.h>
#include <couplet/deferred/deferred.h>
#include <couplet/deferred/detail/run_holding.h>

#pragma GCC visibility push(default)
namespace couplet {

/// A DeferredLock that `limit` may hold at once, for instance to bound how many requests are under
/// way:
///
///     DeferredSemaphore eight(8);
///     for (auto& url : urls) pages.push_back(eight.run([&] { return getPage(url); }));
///
/// As DeferredLock in all else.
class DeferredSemaphore {
 public:
  /// Throws std::invalid_argument when `limit` is 0.
  explicit DeferredSemaphore(std::size_t limit);
  DeferredSemaphore(const DeferredSemaphore&) = delete;
  DeferredSemaphore& operator=(const DeferredSemaphore&) = delete;
  ~DeferredSemaphore();

  /// Fires with one token, at once when there is one.
  [[nodiscard]] Deferred<Acquired> acquire(SourceLocation here = SourceLocation::current());

  /// Calls `f()` with a token, as DeferredLock::run does with the lock.
  template <class F>
  auto run(F f, SourceLocation here = SourceLocation::current()) {
    return detail::runHolding(acquire(here), std::move(f), here);
  }

  /// How many tokens are left.
  std::size_t tokens() const noexcept { return tokens_->free(); }

  /// How many there are in all.
  std::size_t limit() const noexcept { return limit_; }

  /// How many wait.
  std::size_t waiting() const noexcept { return tokens_->waiting(); }

 private:
  std::size_t limit_;
  detail::CountedPtr<detail::Tokens> tokens_;  // shared with those who have one
};

}  // namespace couplet
#pragma GCC visibility pop
