// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// For tests: how many bytes a program that links bounds_heap.cc has of `operator new`.
#pragma once

#include <cstddef>

namespace couplet {

/// Now, on all threads.
std::size_t heapBytes();

/// The most there were since `forgetHeapPeak`.
std::size_t heapPeak();
void forgetHeapPeak();

}  // namespace couplet
