// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Failures for those who cannot let an exception out.
#pragma once

#include <utility>

#include <couplet/deferred/failure.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

/// A Failure of `E(arguments...)`, or of std::bad_alloc where there is no memory for its message.
template <class E, class... Arguments>
Failure failureOf(Arguments&&... arguments) noexcept {
  try {
    return Failure(E(std::forward<Arguments>(arguments)...));
  } catch (...) {
    return Failure::current();
  }
}

}  // namespace couplet::detail
#pragma GCC visibility pop
