// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Memory for RapidJSON's stack: some that is at hand, and the heap beyond it.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>

namespace couplet::detail {

/// An allocator of RapidJSON's, for one block that grows. What was freed goes with it.
class Scratch {
 public:
  static const bool kNeedFree = false;  // RapidJSON's name

  void* Malloc(std::size_t size) { return Realloc(nullptr, 0, size); }
  void* Realloc(void* block, std::size_t oldSize, std::size_t size) {
    if (size <= atHand_.size()) return atHand_.data();
    std::unique_ptr<char[]> larger(new char[size]);
    if (oldSize > 0) std::memcpy(larger.get(), block, oldSize);
    heap_ = std::move(larger);
    return heap_.get();
  }
  static void Free(void*) noexcept {}

 private:
  alignas(std::max_align_t) std::array<char, 1024> atHand_;
  std::unique_ptr<char[]> heap_;  // null while what is at hand is enough
};

}  // namespace couplet::detail
