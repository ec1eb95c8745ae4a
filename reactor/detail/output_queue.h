// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Bytes that were written and not yet taken by the system, in recycled chunks.
#pragma once

#include <sys/uio.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <new>
#include <span>
#include <string_view>
#include <utility>

namespace couplet::detail {

/// A piece of memory in an output queue; its bytes follow it. The first chunk of a queue knows what
/// there is to know of the whole, so that an empty queue is no more than a null pointer.
struct Chunk {
  Chunk* next;
  Chunk* last;         // of the queue; only in its first chunk
  std::size_t unsent;  // bytes of the queue; only in its first chunk
  std::size_t capacity;
  std::size_t begin;  // the unsent bytes are those from begin to end
  std::size_t end;

  char* bytes() noexcept { return reinterpret_cast<char*>(this + 1); }
  std::size_t room() const noexcept { return capacity - end; }
};

/// Chunks of one size that wait to be used again, for all connections of a reactor.
class ChunkPool {
 public:
  /// What small writes are gathered in.
  static constexpr std::size_t kChunkBytes = 16 * 1024 - sizeof(Chunk);
  /// At most so many and one are kept: 4 MiB.
  static constexpr std::size_t kMostKept = 256;

  ChunkPool() = default;
  ChunkPool(const ChunkPool&) = delete;
  ChunkPool& operator=(const ChunkPool&) = delete;
  ~ChunkPool();

  /// An empty chunk for at least `bytes`, which is its own last. Throws std::bad_alloc.
  Chunk* take(std::size_t bytes) {
    if (bytes > kChunkBytes || last_ == nullptr) return takeOlder(bytes);
    Chunk* chunk = std::exchange(last_, nullptr);
    *chunk = {nullptr, chunk, 0, kChunkBytes, 0, 0};
    return chunk;
  }
  void give(Chunk* chunk) noexcept {
    if (chunk->capacity != kChunkBytes || last_ != nullptr) return giveMore(chunk);
    last_ = chunk;
  }

 private:
  Chunk* takeOlder(std::size_t bytes);
  void giveMore(Chunk* chunk) noexcept;

  Chunk* last_ = nullptr;   // the one given last: what most writes need is it
  Chunk* older_ = nullptr;  // the others
  std::size_t kept_ = 0;    // of them
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
  void append(std::string_view bytes) {
    if (bytes.empty()) return;
    if (first_ == nullptr) {
      first_ = pool_.take(bytes.size());
    } else if (first_->last->room() < bytes.size()) {
      return appendInParts(bytes);
    }
    fill(*first_->last, bytes);
    first_->unsent += bytes.size();
  }

  /// Whether `firstBytes` are all. REQUIRES: !empty()
  bool inOneChunk() const noexcept { return first_->next == nullptr; }

  /// Unsent bytes, valid until the queue changes. REQUIRES: !empty()
  std::string_view firstBytes() const noexcept {
    return {first_->bytes() + first_->begin, first_->end - first_->begin};
  }

  /// Removes the only chunk if `bytes` are all that it has. REQUIRES: inOneChunk()
  bool consumeOnlyChunk(std::size_t bytes) noexcept {
    if (bytes != first_->unsent) return false;
    pool_.give(std::exchange(first_, nullptr));
    return true;
  }

  struct Gathered {
    std::span<const ::iovec> parts;
    std::size_t bytes;  // in all of them
  };

  /// Fills `parts` with the first unsent bytes, as far as they go. Valid until the queue changes.
  Gathered gather(std::span<::iovec> parts) const noexcept {
    Gathered gathered{{}, 0};
    std::size_t count = 0;
    for (Chunk* chunk = first_; chunk && count < parts.size(); chunk = chunk->next) {
      std::size_t size = chunk->end - chunk->begin;
      parts[count++] = {chunk->bytes() + chunk->begin, size};
      gathered.bytes += size;
    }
    gathered.parts = parts.first(count);
    return gathered;
  }

  /// Removes the first `bytes`. REQUIRES: bytes <= size()
  void consume(std::size_t bytes) noexcept {
    while (bytes > 0) {
      std::size_t taken = std::min(bytes, first_->end - first_->begin);
      first_->begin += taken;
      first_->unsent -= taken;
      bytes -= taken;
      if (first_->begin == first_->end) dropFirst();
    }
  }

  void clear() noexcept {
    while (first_) pool_.give(std::exchange(first_, first_->next));
  }

  std::size_t size() const noexcept { return first_ ? first_->unsent : 0; }
  bool empty() const noexcept { return first_ == nullptr; }

 private:
  static void fill(Chunk& chunk, std::string_view bytes) noexcept {
    std::memcpy(chunk.bytes() + chunk.end, bytes.data(), bytes.size());
    chunk.end += bytes.size();
  }
  void appendInParts(std::string_view bytes);
  void dropFirst() noexcept {
    Chunk* dropped = first_;
    first_ = dropped->next;
    if (first_) {
      first_->last = dropped->last;
      first_->unsent = dropped->unsent;
    }
    pool_.give(dropped);
  }

  ChunkPool& pool_;
  Chunk* first_ = nullptr;
};

}  // namespace couplet::detail
