// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. How a chain holds the value that it has got so far: small ones in its slot, others in a
// recycled box.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

#include <couplet/deferred/detail/block_pool.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

inline constexpr std::size_t kSlotBytes = 48;

/// What can be done to a value in a slot without knowing its type.
struct ValueOps {
  /// Null where there is nothing to do.
  void (*destroy)(void* slot) noexcept;
  /// Moves the value to an empty slot and destroys the old one. When the move throws, so does this,
  /// and the old one is still there.
  void (*relocate)(void* from, void* to);
};

/// Where there is no value: Deferred<void>.
struct Nothing {};

template <class T>
using Stored = std::conditional_t<std::is_void_v<T>, Nothing, T>;

template <class T>
inline constexpr bool kFitsSlot = sizeof(T) <= kSlotBytes &&
                                  alignof(T) <= alignof(std::max_align_t);

template <class T>
T* valueIn(void* slot) noexcept {
  if constexpr (kFitsSlot<T>) {
    return std::launder(static_cast<T*>(slot));
  } else {
    return *std::launder(static_cast<T**>(slot));
  }
}

/// Memory for so many T.
template <class T>
void* takeBox(std::size_t count = 1) {
  if constexpr (alignof(T) > alignof(std::max_align_t)) {
    return ::operator new(count * sizeof(T), std::align_val_t(alignof(T)));
  } else {
    return BlockPool::take(count * sizeof(T));
  }
}

template <class T>
void giveBox(void* box, std::size_t count = 1) noexcept {
  if constexpr (alignof(T) > alignof(std::max_align_t)) {
    ::operator delete(box, std::align_val_t(alignof(T)));
  } else {
    BlockPool::give(box, count * sizeof(T));
  }
}

template <class T, class... Args>
void emplaceIn(void* slot, Args&&... args) {
  if constexpr (kFitsSlot<T>) {
    ::new (slot) T(std::forward<Args>(args)...);
  } else {
    void* box = takeBox<T>();
    try {
      ::new (box) T(std::forward<Args>(args)...);
    } catch (...) {
      giveBox<T>(box);
      throw;
    }
    ::new (slot) T*(static_cast<T*>(box));
  }
}

template <class T>
void destroyIn(void* slot) noexcept {
  T* value = valueIn<T>(slot);
  value->~T();
  if constexpr (!kFitsSlot<T>) giveBox<T>(value);
}

template <class T>
void relocateIn(void* from, void* to) {
  if constexpr (kFitsSlot<T>) {
    ::new (to) T(std::move(*valueIn<T>(from)));
    valueIn<T>(from)->~T();
  } else {
    ::new (to) T*(valueIn<T>(from));
  }
}

template <class T>
inline constexpr ValueOps kValueOps = {
    std::is_trivially_destructible_v<T>&& kFitsSlot<T> ? nullptr : &destroyIn<T>, &relocateIn<T>};

}  // namespace couplet::detail
#pragma GCC visibility pop
