// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "benchmarks/inside/allocations.h"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

long taken = 0;

}  // namespace

void* operator new(std::size_t bytes) {
  void* memory = std::malloc(bytes);
  if (!memory) throw std::bad_alloc();
  ++taken;
  return memory;
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace benchmarks {

long allocations() noexcept { return taken; }

}  // namespace benchmarks
