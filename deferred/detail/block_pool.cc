// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/detail/block_pool.h>

namespace couplet::detail {

constinit thread_local BlockPool::FreeList BlockPool::lists[kClasses] = {};

/// Opens the thread's lists when it takes its first block and empties them when it ends.
struct BlockPool::Drain {
  Drain() {
    for (int i = 0; i < kClasses; ++i) lists[i].limit = kRecycledBytes / (kSmallest << i);
  }
  ~Drain() {
    for (FreeList& list : lists) {
      list.limit = 0;
      list.count = 0;
      while (Free* block = list.first) {
        list.first = block->next;
        ::operator delete(block);
      }
    }
  }
};

void* BlockPool::takeNew(std::size_t sizeClass) {
  static thread_local Drain drain;
  static_cast<void>(drain);
  return ::operator new(kSmallest << sizeClass);
}

}  // namespace couplet::detail
