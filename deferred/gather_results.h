// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Several Deferreds as one. Twisted's gatherResults.
#pragma once

#include <vector>

#include <couplet/deferred/deferred.h>

#pragma GCC visibility push(default)
namespace couplet {

/// The values of all inputs, in their order, when the last one is there; at once when there are
/// none. The first failure fails it with FirstError; the other inputs go on, and what becomes of
/// them goes nowhere. It owns its inputs: cancelling cancels, and discarding discards, each of
/// them.
template <class T>
Deferred<std::vector<T>> gatherResults(std::vector<Deferred<T>> inputs,
                                       SourceLocation here = SourceLocation::current());

/// The same for inputs without values.
Deferred<void> gatherResults(std::vector<Deferred<void>> inputs,
                             SourceLocation here = SourceLocation::current());

}  // namespace couplet
#pragma GCC visibility pop

#include <couplet/deferred/detail/gather_inl.h>  // IWYU pragma: export
