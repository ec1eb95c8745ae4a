// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Objects that are dear to make and needed for a short while: each thread keeps a few to
// use again.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>

namespace couplet::detail {

/// Those of one type, `kMost` of them at most. Any thread may give back what another one took.
template <class T, std::size_t kMost>
class Spares {
 public:
  /// The one that came last of those that fit; null where there is none.
  template <class F>
  static std::unique_ptr<T> take(F fits) noexcept {
    for (std::size_t at = kept_.count; at-- > 0;) {
      if (fits(*kept_.objects[at])) return std::unique_ptr<T>(removeAt(at));
    }
    return nullptr;
  }

  /// Keeps it, in the place of the one that is here for longest where there are enough.
  static void give(std::unique_ptr<T> object) noexcept {
    static thread_local Drain drain;
    static_cast<void>(drain);
    if (!object || kept_.ended) return;
    if (kept_.count == kMost) delete removeAt(0);
    kept_.objects[kept_.count++] = object.release();
  }

 private:
  /// REQUIRES: at < kept_.count
  static T* removeAt(std::size_t at) noexcept {
    T** const place = kept_.objects + at;
    T* const object = *place;
    std::copy(place + 1, kept_.objects + kept_.count, place);
    --kept_.count;
    return object;
  }

  struct Kept {
    std::size_t count;
    bool ended;  // the thread, as far as this goes
    T* objects[kMost];
  };

  struct Drain {
    ~Drain() {
      kept_.ended = true;
      while (kept_.count > 0) delete kept_.objects[--kept_.count];
    }
  };

  // Trivially destructible, so that it may be used until the very end of its thread.
  static inline constinit thread_local Kept kept_ = {};
};

}  // namespace couplet::detail
