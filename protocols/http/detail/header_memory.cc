// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/detail/header_memory.h>

namespace couplet::detail {

constinit thread_local HeaderMemory::Kept HeaderMemory::small = {};
constinit thread_local HeaderMemory::Kept HeaderMemory::large = {};

/// Lets the thread keep blocks from its first one on, and gives them back when it ends.
struct HeaderMemory::Drain {
  Drain() { small.limit = large.limit = kMost; }
  ~Drain() {
    drain(small, kSmall);
    drain(large, kLarge);
  }

  static void drain(Kept& kept, std::size_t size) {
    kept.limit = 0;
    while (kept.count > 0) {
      void* const memory = kept.blocks[--kept.count];
      ASAN_UNPOISON_MEMORY_REGION(memory, size);
      ::operator delete(memory);
    }
  }
};

void* HeaderMemory::takeNew(std::size_t size) {
  static thread_local Drain drain;
  static_cast<void>(drain);
  return ::operator new(size);
}

}  // namespace couplet::detail
