// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// For tests on one thread: what a program that links counted_heap.cc has had of `operator new`.
#pragma once

#include <cstddef>

namespace couplet {

struct CountedHeap {
  std::size_t allocations = 0;
  std::size_t bytes = 0;  ///< all that were ever taken
  std::size_t live = 0;   ///< bytes
  std::size_t peak = 0;   ///< the most that were live; set it to `live` to begin anew
};

extern CountedHeap heap;

}  // namespace couplet
