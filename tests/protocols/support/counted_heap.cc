// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "tests/protocols/support/counted_heap.h"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace couplet {

CountedHeap heap;

}  // namespace couplet

namespace {

constexpr std::size_t kHeader = alignof(std::max_align_t);  // holds the size

}  // namespace

void* operator new(std::size_t size) {
  using couplet::heap;
  auto* block = static_cast<std::size_t*>(std::malloc(kHeader + size));
  if (block == nullptr) throw std::bad_alloc();
  *block = size;
  ++heap.allocations;
  heap.bytes += size;
  heap.live += size;
  heap.peak = std::max(heap.peak, heap.live);
  return reinterpret_cast<char*>(block) + kHeader;
}

void operator delete(void* memory) noexcept {
  if (memory == nullptr) return;
  auto* block = reinterpret_cast<std::size_t*>(static_cast<char*>(memory) - kHeader);
  couplet::heap.live -= *block;
  std::free(block);
}

void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }
