// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Memory for what lives about as long as a Deferred, and is made as often.
#pragma once

#include <cstddef>

#include <couplet/deferred/detail/value.h>

#pragma GCC visibility push(default)
namespace couplet {

/// An allocator from the memory that this thread keeps for chains: what goes is used again for the
/// next one, and in the steady state nothing of up to 8 KiB is taken from the heap. What one thread
/// makes it destroys, too.
///
///     std::allocate_shared<Kept>(RecycledAllocator<Kept>(), ...)
template <class T>
struct RecycledAllocator {
  using value_type = T;

  RecycledAllocator() = default;
  template <class U>
  RecycledAllocator(const RecycledAllocator<U>&) noexcept {}

  T* allocate(std::size_t count) { return static_cast<T*>(detail::takeBox<T>(count)); }
  void deallocate(T* memory, std::size_t count) noexcept { detail::giveBox<T>(memory, count); }

  bool operator==(const RecycledAllocator&) const = default;
};

}  // namespace couplet
#pragma GCC visibility pop
