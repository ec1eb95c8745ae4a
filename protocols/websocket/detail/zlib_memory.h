// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. zlib's memory is the program's own: what `operator new` gives.
#pragma once

#include <cstddef>
#include <new>

namespace couplet::detail {

/// zlib's alloc_func: null where there is none, as zlib wants it.
inline void* takeForZlib(void* /*unused*/, unsigned items, unsigned size) noexcept {
  const std::size_t bytes = std::size_t{items} * size;
  try {
    return ::operator new(bytes);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

/// zlib's free_func.
inline void giveFromZlib(void* /*unused*/, void* memory) noexcept { ::operator delete(memory); }

}  // namespace couplet::detail
