// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What the program has on the heap.
#pragma once

#include <malloc.h>

#include <cstddef>

extern "C" [[gnu::weak]] std::size_t __sanitizer_get_current_allocated_bytes();

namespace couplet::fuzz {

/// Bytes given by malloc and not given back, its own small change included; where the address
/// sanitizer's allocator takes malloc's place, exactly the bytes.
inline std::size_t heapInUse() noexcept {
  if (__sanitizer_get_current_allocated_bytes) return __sanitizer_get_current_allocated_bytes();
  return mallinfo2().uordblks;
}

/// So many of them were asked for at least: the thread sanitizer's allocator rounds sizes up, by a
/// quarter at most.
constexpr std::size_t leastAsked(std::size_t bytes) noexcept {
#if defined(__SANITIZE_THREAD__)
  return bytes - bytes / 4;
#else
  return bytes;
#endif
}

}  // namespace couplet::fuzz
