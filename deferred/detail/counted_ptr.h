// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Owners of one thread that share something: as std::shared_ptr, without its atomics, and
// in recycled memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

#include <couplet/deferred/detail/block_pool.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

/// A base of what is shared.
class Counted {
 public:
  static void* operator new(std::size_t bytes) { return BlockPool::take(bytes); }
  static void operator delete(void* memory, std::size_t bytes) noexcept {
    BlockPool::give(memory, bytes);
  }

  // For what needs more alignment than a block has.
  static void* operator new(std::size_t bytes, std::align_val_t alignment) {
    return ::operator new(bytes, alignment);
  }
  static void operator delete(void* memory, std::align_val_t alignment) noexcept {
    ::operator delete(memory, alignment);
  }

 private:
  template <class T>
  friend class CountedPtr;

  std::uint32_t owners_ = 0;
};

/// One owner of a T, which is a Counted; or of nothing.
template <class T>
class CountedPtr {
 public:
  CountedPtr() noexcept = default;
  explicit CountedPtr(T* object) noexcept : object_(object) { ++object_->owners_; }
  CountedPtr(const CountedPtr& other) noexcept : object_(other.object_) {
    if (object_) ++object_->owners_;
  }
  CountedPtr(CountedPtr&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  CountedPtr& operator=(CountedPtr other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~CountedPtr() {
    if (object_ && --object_->owners_ == 0) delete object_;
  }

  T* operator->() const noexcept { return object_; }
  explicit operator bool() const noexcept { return object_ != nullptr; }

 private:
  T* object_ = nullptr;
};

}  // namespace couplet::detail
#pragma GCC visibility pop
