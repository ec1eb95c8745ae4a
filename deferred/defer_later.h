// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Work that begins after a while. Twisted's task.deferLater.
#pragma once

#include <utility>

#include <couplet/deferred/clock.h>
#include <couplet/deferred/deferred.h>

#pragma GCC visibility push(default)
namespace couplet {

/// Fires after `delay`. Cancelling stops the timer. Fails with AbandonedError when the clock is
/// destroyed before that.
Deferred<void> deferLater(Clock& clock, Duration delay,
                          SourceLocation here = SourceLocation::current());

/// Calls `f` after `delay`, and fires with what it answers. As above otherwise.
template <class F>
auto deferLater(Clock& clock, Duration delay, F f,
                SourceLocation here = SourceLocation::current()) {
  return deferLater(clock, delay, here).addCallback(std::move(f), here);
}

}  // namespace couplet
#pragma GCC visibility pop
