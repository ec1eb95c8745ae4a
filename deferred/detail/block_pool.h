// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Recycled memory for chains, steps, boxed values and coroutine frames: a free list for
// each thread and size. Under ASan nothing is recycled, or use after free would go unseen; but the
// sizes are the same, since a program under ASan may be linked with a library that is not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>

#pragma GCC visibility push(default)
namespace couplet::detail {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kRecycles = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool kRecycles = false;
#else
inline constexpr bool kRecycles = true;
#endif
#else
inline constexpr bool kRecycles = true;
#endif

/// The size of the block that a chain and its first steps share.
inline constexpr std::size_t kBlockBytes = 512;

class BlockPool {
 public:
  /// Memory for `bytes`, aligned for any ordinary type. Throws std::bad_alloc.
  static void* take(std::size_t bytes) {
    if (bytes > kLargest) return ::operator new(bytes);
    if constexpr (!kRecycles) return ::operator new(kSmallest << classOf(bytes));
    FreeList& list = lists[classOf(bytes)];
    if (Free* block = list.first) {
      list.first = block->next;
      --list.count;
      return block;
    }
    return takeNew(classOf(bytes));
  }

  /// Gives back what `take(bytes)` gave, on the same thread.
  static void give(void* memory, std::size_t bytes) noexcept {
    if constexpr (!kRecycles) return ::operator delete(memory);
    if (bytes > kLargest) return ::operator delete(memory);
    FreeList& list = lists[classOf(bytes)];
    if (list.count >= list.limit) return ::operator delete(memory);
    list.first = ::new (memory) Free{list.first};
    ++list.count;
  }

 private:
  struct Free {
    Free* next;
  };
  struct FreeList {
    Free* first;
    std::uint32_t count;
    std::uint32_t limit;  // 0 before the thread's first block and after its end
  };
  struct [[gnu::visibility("hidden")]] Drain;

  // 128, 256, 512, 1024, 2048, 4096, 8192 bytes
  static constexpr std::size_t kSmallest = 128;
  static constexpr std::size_t kLargest = 8192;
  static constexpr int kClasses = 7;
  static constexpr std::size_t kRecycledBytes = 8 << 20;  // at most so much of each class is kept

  static constexpr std::size_t classOf(std::size_t bytes) noexcept {
    std::size_t index = 0;
    while ((kSmallest << index) < bytes) ++index;
    return index;
  }

  static void* takeNew(std::size_t sizeClass);

  // Trivially destructible, so that it may be used until the very end of its thread; Drain empties
  // it. Not inline, which would give each library that a program loads its own.
  static constinit thread_local FreeList lists[kClasses];
};

}  // namespace couplet::detail
#pragma GCC visibility pop
