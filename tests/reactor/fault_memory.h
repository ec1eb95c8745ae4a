// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// For tests: a program that links fault_memory.cc can run out of memory at will.
#pragma once

namespace couplet {

/// Every `new` of the program fails, on any thread, from the `nth` from now on (0 is the next one),
/// for `times` times.
void failAllocations(long nth, long times);

/// Ends that. True when there was at least one that failed.
bool endShortage();

}  // namespace couplet
