// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "bounds_heap.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace couplet {

namespace {

std::atomic<std::size_t> live = 0;
std::atomic<std::size_t> peak = 0;

constexpr std::size_t kHeader = alignof(std::max_align_t);  // holds the size

void count(std::size_t size) {
  std::size_t now = live += size;
  for (std::size_t before = peak; now > before && !peak.compare_exchange_weak(before, now);) {
  }
}

}  // namespace

std::size_t heapBytes() { return live; }
std::size_t heapPeak() { return peak; }
void forgetHeapPeak() { peak = live.load(); }

}  // namespace couplet

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  auto* block = static_cast<std::size_t*>(std::malloc(couplet::kHeader + size));
  if (block == nullptr) return nullptr;
  *block = size;
  couplet::count(size);
  return reinterpret_cast<char*>(block) + couplet::kHeader;
}
void* operator new(std::size_t size) {
  void* memory = operator new(size, std::nothrow);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept {
  if (memory == nullptr) return;
  auto* block = reinterpret_cast<std::size_t*>(static_cast<char*>(memory) - couplet::kHeader);
  couplet::live -= *block;
  std::free(block);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }
