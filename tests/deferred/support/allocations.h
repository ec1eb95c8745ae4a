// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Counts what `operator new` gives. For programs that link allocations.cc.
#pragma once

namespace couplet::testing {

/// How often memory was taken so far, on all threads.
long allocations() noexcept;

/// How many of these were not given back yet.
long liveAllocations() noexcept;

}  // namespace couplet::testing
