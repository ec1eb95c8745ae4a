// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Memory for Headers: each thread keeps a few blocks of two sizes to use again. Any
// thread may give back what another one took.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>

#include <sanitizer/asan_interface.h>

namespace couplet::detail {

class HeaderMemory {
 public:
  /// How many bytes to take where `bytes` are needed: all of them may be used.
  static constexpr std::size_t sizeFor(std::size_t bytes) noexcept {
    if (bytes <= kSmall) return kSmall;
    return bytes <= kLarge ? kLarge : (bytes + 15) / 16 * 16;
  }

  /// REQUIRES: size is of `sizeFor`. Throws std::bad_alloc
  static void* take(std::size_t size) {
    if (size > kLarge) return ::operator new(size);
    Kept& kept = size == kSmall ? small : large;
    if (kept.count == 0) return takeNew(size);
    void* const memory = kept.blocks[--kept.count];
    ASAN_UNPOISON_MEMORY_REGION(memory, size);
    return memory;
  }

  /// Gives back what `take(size)` gave.
  static void give(void* memory, std::size_t size) noexcept {
    Kept& kept = size == kSmall ? small : large;
    if (size > kLarge || kept.count == kept.limit) return ::operator delete(memory);
    ASAN_POISON_MEMORY_REGION(memory, size);
    kept.blocks[kept.count++] = memory;
  }

 private:
  static constexpr std::size_t kSmall = 512;  // a response's, and most requests'
  static constexpr std::size_t kLarge = 2048;
  static constexpr std::uint32_t kMost = 64;  // of each size are kept: some 160 KiB

  struct Kept {
    std::uint32_t count;
    std::uint32_t limit;  // 0 before the thread's first block and after its end
    void* blocks[kMost];
  };
  struct Drain;

  static void* takeNew(std::size_t size);

  // Trivially destructible, so that they may be used until the very end of their thread.
  static constinit thread_local Kept small;
  static constinit thread_local Kept large;
};

}  // namespace couplet::detail
