// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "tests/deferred/support/allocations.h"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

std::atomic<long> taken{0};
std::atomic<long> given{0};

}  // namespace

void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  void* memory = std::malloc(bytes);
  if (memory) ++taken;
  return memory;
}

void* operator new(std::size_t bytes) {
  void* memory = operator new(bytes, std::nothrow);
  if (!memory) throw std::bad_alloc();
  return memory;
}

void operator delete(void* memory) noexcept {
  if (memory) ++given;
  std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

namespace couplet::testing {

long allocations() noexcept { return taken; }
long liveAllocations() noexcept { return taken - given; }

}  // namespace couplet::testing
