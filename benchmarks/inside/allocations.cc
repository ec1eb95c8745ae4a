// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "benchmarks/inside/allocations.h"

#include <cstddef>

namespace {

long taken = 0;

}  // namespace

// glibc's own, which its malloc and its kin are other names of. `operator new` takes from malloc.
extern "C" {

void* __libc_malloc(std::size_t bytes);
void* __libc_memalign(std::size_t alignment, std::size_t bytes);

void* malloc(std::size_t bytes) {
  ++taken;
  return __libc_malloc(bytes);
}

void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  ++taken;
  return __libc_memalign(alignment, bytes);
}

}  // extern "C"

namespace benchmarks {

long allocations() noexcept { return taken; }

}  // namespace benchmarks
