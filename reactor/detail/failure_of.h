// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Failures for those who cannot let an exception out.
#pragma once

#include <utility>

#include <couplet/deferred/failure.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

/// A Failure of what `make()` returns, or of what it throws: std::bad_alloc where there is no
/// memory for a message.
template <class Make>
Failure failureFrom(Make make) noexcept {
  try {
    return Failure(make());
  } catch (...) {
    return Failure::current();
  }
}

/// The same of `E(arguments...)`.
template <class E, class... Arguments>
Failure failureOf(Arguments&&... arguments) noexcept {
  return failureFrom([&] { return E(std::forward<Arguments>(arguments)...); });
}

}  // namespace couplet::detail
#pragma GCC visibility pop
