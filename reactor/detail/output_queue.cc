// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/detail/output_queue.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace couplet::detail {

ChunkPool::~ChunkPool() {
  while (first_) ::operator delete(std::exchange(first_, first_->next));
}

Chunk* ChunkPool::take(std::size_t bytes) {
  if (bytes <= kChunkBytes && first_) {
    --kept_;
    Chunk* chunk = std::exchange(first_, first_->next);
    *chunk = {nullptr, kChunkBytes, 0, 0};
    return chunk;
  }
  std::size_t capacity = std::max(bytes, kChunkBytes);
  return ::new (::operator new(sizeof(Chunk) + capacity)) Chunk{nullptr, capacity, 0, 0};
}

void ChunkPool::give(Chunk* chunk) noexcept {
  if (chunk->capacity != kChunkBytes || kept_ == kMostKept) return ::operator delete(chunk);
  chunk->next = first_;
  first_ = chunk;
  ++kept_;
}

void OutputQueue::append(std::string_view bytes) {
  if (bytes.empty()) return;
  std::size_t room = last_ ? last_->capacity - last_->end : 0;
  std::string_view rest = bytes.substr(std::min(room, bytes.size()));
  Chunk* next = rest.empty() ? nullptr : pool_.take(rest.size());
  if (room > 0) fill(*last_, bytes.substr(0, bytes.size() - rest.size()));
  size_ += bytes.size();
  if (next == nullptr) return;
  fill(*next, rest);
  (last_ ? last_->next : first_) = next;
  last_ = next;
}

std::size_t OutputQueue::gather(std::span<::iovec> parts) noexcept {
  std::size_t count = 0;
  for (Chunk* chunk = first_; chunk && count < parts.size(); chunk = chunk->next) {
    parts[count++] = {chunk->bytes() + chunk->begin, chunk->end - chunk->begin};
  }
  return count;
}

void OutputQueue::consume(std::size_t bytes) noexcept {
  size_ -= bytes;
  while (bytes > 0) {
    std::size_t taken = std::min(bytes, first_->end - first_->begin);
    first_->begin += taken;
    bytes -= taken;
    if (first_->begin < first_->end) return;
    pool_.give(std::exchange(first_, first_->next));
  }
  if (first_ == nullptr) last_ = nullptr;
}

void OutputQueue::fill(Chunk& chunk, std::string_view bytes) noexcept {
  std::memcpy(chunk.bytes() + chunk.end, bytes.data(), bytes.size());
  chunk.end += bytes.size();
}

}  // namespace couplet::detail
