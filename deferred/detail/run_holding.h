// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The `run` of DeferredLock and DeferredSemaphore.
#pragma once

#include <type_traits>
#include <utility>

#include <couplet/deferred/acquired.h>
#include <couplet/deferred/deferred.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

template <class F>
constexpr bool checkRun() {
  static_assert(kTakesValue<F, void>,
                "couplet: run() calls a function without arguments while it holds the lock: write "
                "run([&] { return work(); })");
  return kTakesValue<F, void>;
}

/// Calls `f` when `acquired` has come, and gives what it answers after the release.
template <class F>
auto runHolding(Deferred<Acquired> acquired, F f, SourceLocation here) {
  if constexpr (checkRun<F>()) {
    using T = typename NextOf<F, void>::Type;
    auto holding = [f = std::move(f), here](Acquired held) mutable -> Deferred<T> {
      auto release = [held = std::move(held)](Result<T> result) mutable {
        held.release();
        return result;
      };
      return maybeDeferred(std::move(f), here).addBoth(std::move(release), here);
    };
    return std::move(acquired).addCallback(std::move(holding), here);
  } else {
    return Mistaken();
  }
}

}  // namespace couplet::detail
#pragma GCC visibility pop
