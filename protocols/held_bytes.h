// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Bytes that a parser keeps from one read to the next. For those who write a framing of their own.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

#pragma GCC visibility push(default)
namespace couplet {

/// A queue of bytes: appended at the end, dropped from the front. Bytes appended one at a time are
/// moved a constant number of times each. Holds no memory before the first byte and after
/// `release`; is itself no larger than a pointer.
class HeldBytes {
 public:
  bool empty() const noexcept { return size() == 0; }
  std::size_t size() const noexcept { return block_ ? block_->end - block_->begin : 0; }

  /// Valid until the next change.
  std::string_view view() const noexcept {
    return block_ ? std::string_view(block_->bytes() + block_->begin, size()) : std::string_view();
  }

  /// Appends `bytes`, which must not be our own. Memory grows by doubling, to `expected` at most
  /// where that suffices: for one who knows how many will come. Throws std::bad_alloc, and then has
  /// added nothing.
  void append(std::string_view bytes, std::size_t expected = SIZE_MAX) {
    if (bytes.empty()) return;
    if (!block_ || block_->capacity - block_->end < bytes.size()) makeRoom(bytes.size(), expected);
    std::memcpy(block_->bytes() + block_->end, bytes.data(), bytes.size());
    block_->end += bytes.size();
  }

  /// REQUIRES: count <= size()
  void dropFront(std::size_t count) noexcept {
    if (block_) block_->begin += count;
  }
  void dropBack(std::size_t count) noexcept {
    if (block_) block_->end -= count;
  }

  /// Forgets the bytes and keeps the memory; or gives that back, too.
  void clear() noexcept {
    if (block_) block_->begin = block_->end = 0;
  }
  void release() noexcept { block_.reset(); }

 private:
  /// The bytes follow it; those from `begin` to `end` are held.
  struct Block {
    std::size_t capacity;
    std::size_t begin = 0;
    std::size_t end = 0;

    char* bytes() noexcept { return reinterpret_cast<char*>(this + 1); }
    static void operator delete(void* block) { ::operator delete(block); }
  };

  void makeRoom(std::size_t more, std::size_t expected) {
    const std::size_t held = size();
    const std::size_t doubled = std::max<std::size_t>(2 * held, 64);
    const std::size_t capacity = std::max(held + more, std::min(doubled, expected));
    if (block_ && capacity <= block_->capacity) {
      std::memmove(block_->bytes(), block_->bytes() + block_->begin, held);
    } else {
      void* const memory = ::operator new(sizeof(Block) + capacity);
      std::unique_ptr<Block> larger(::new (memory) Block{capacity});
      if (held > 0) std::memcpy(larger->bytes(), view().data(), held);
      block_ = std::move(larger);
    }
    block_->begin = 0;
    block_->end = held;
  }

  std::unique_ptr<Block> block_;
};

}  // namespace couplet
#pragma GCC visibility pop
