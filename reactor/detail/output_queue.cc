// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/detail/output_queue.h>

#include <algorithm>
#include <new>
#include <utility>

namespace couplet::detail {

ChunkPool::~ChunkPool() {
  ::operator delete(last_);
  while (older_) ::operator delete(std::exchange(older_, older_->next));
}

Chunk* ChunkPool::takeOlder(std::size_t bytes) {
  const std::size_t capacity = std::max(bytes, kChunkBytes);
  Chunk* chunk;
  if (capacity == kChunkBytes && older_) {
    chunk = std::exchange(older_, older_->next);
    --kept_;
  } else {
    chunk = ::new (::operator new(sizeof(Chunk) + capacity)) Chunk;
  }
  *chunk = {nullptr, chunk, 0, capacity, 0, 0};
  return chunk;
}

void ChunkPool::giveMore(Chunk* chunk) noexcept {
  if (chunk->capacity != kChunkBytes || kept_ == kMostKept) return ::operator delete(chunk);
  chunk->next = std::exchange(older_, chunk);
  ++kept_;
}

/// There are bytes, and the last chunk has not enough room for them.
void OutputQueue::appendInParts(std::string_view bytes) {
  Chunk& last = *first_->last;
  std::size_t room = last.room();
  Chunk* next = pool_.take(bytes.size() - room);
  fill(last, bytes.substr(0, room));
  fill(*next, bytes.substr(room));
  first_->last = last.next = next;
  first_->unsent += bytes.size();
}

}  // namespace couplet::detail
