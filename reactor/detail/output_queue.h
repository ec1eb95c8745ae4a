// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Bytes that were written and not yet taken by the system, in recycled chunks.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <span>
#include <string_view>

namespace couplet::detail {

/// A piece of memory in an output queue; its bytes follow it.
struct Chunk {
  Chunk* next;
  std::size_t capacity;
  std::size_t begin;  // the unsent bytes are those from begin to end
  std::size_t end;

  char* bytes() noexcept { return reinterpret_cast<char*>(this + 1); }
};

/// Chunks of one size that wait to be used again, for all connections of a reactor.
class ChunkPool {
 public:
  /// What small writes are gathered in.
  static constexpr std::size_t kChunkBytes = 16 * 1024 - sizeof(Chunk);
  /// At most so many are kept: 4 MiB.
  static constexpr std::size_t kMostKept = 256;

  ChunkPool() = default;
  ChunkPool(const ChunkPool&) = delete;
  ChunkPool& operator=(const ChunkPool&) = delete;
  ~ChunkPool();

  /// An empty chunk for at least `bytes`. Throws std::bad_alloc.
  Chunk* take(std::size_t bytes);
  void give(Chunk* chunk) noexcept;

 private:
  Chunk* first_ = nullptr;
  std::size_t kept_ = 0;
};

/// First in, first out. An empty queue holds no memory. The pool must outlive it.
class OutputQueue {
 public:
  explicit OutputQueue(ChunkPool& pool) noexcept : pool_(pool) {}
  OutputQueue(const OutputQueue&) = delete;
  OutputQueue& operator=(const OutputQueue&) = delete;
  ~OutputQueue() { clear(); }

  /// Copies `bytes` to the end. What a write leaves over after the last chunk is full gets one
  /// chunk of its own, however large. Throws std::bad_alloc, and then has added nothing.
  void append(std::string_view bytes);

  /// Fills `parts` with the first unsent bytes, and returns how many parts it took. Valid until the
  /// queue changes.
  std::size_t gather(std::span<::iovec> parts) noexcept;

  /// Removes the first `bytes`. REQUIRES: bytes <= size()
  void consume(std::size_t bytes) noexcept;

  void clear() noexcept { consume(size_); }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }

 private:
  static void fill(Chunk& chunk, std::string_view bytes) noexcept;

  ChunkPool& pool_;
  Chunk* first_ = nullptr;
  Chunk* last_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace couplet::detail
