// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What one holds of a DeferredLock or DeferredSemaphore.
#pragma once

#include <utility>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/detail/counted_ptr.h>
#include <couplet/deferred/detail/tokens.h>

#pragma GCC visibility push(default)
namespace couplet {

/// What `acquire` gives: holds the lock, or one token of the semaphore, until it is released or
/// destroyed. Twisted gives the lock itself, and who forgets to release it, or leaves by an
/// exception, has locked it for ever; a coroutine that is discarded while it holds one could not
/// even try. So:
///
///     Acquired held = co_await lock.acquire();   // until the end of the block
///
/// Move-only, one pointer. It may outlive the lock, and then holds nothing that matters.
class [[nodiscard]] Acquired {
 public:
  /// Holds nothing.
  Acquired() noexcept = default;
  Acquired(Acquired&& other) noexcept = default;
  Acquired& operator=(Acquired&& other) noexcept;
  ~Acquired();

  /// Hands it over to the first one who waits, whose callbacks run before this returns; but where
  /// this itself is called by one who was handed it, as soon as that one's callbacks are done.
  /// std::logic_error when it holds nothing, as after a `release`.
  void release();

  /// Whether it holds something.
  explicit operator bool() const noexcept { return static_cast<bool>(tokens_); }

 private:
  friend class detail::Tokens;
  explicit Acquired(detail::CountedPtr<detail::Tokens> tokens) noexcept
      : tokens_(std::move(tokens)) {}

  detail::CountedPtr<detail::Tokens> tokens_;
};

}  // namespace couplet
#pragma GCC visibility pop
