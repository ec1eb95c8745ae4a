// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The canceller of a Deferred that stands for several others.
#pragma once

#include <couplet/deferred/detail/chain.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

/// Cancels, or discards, what `owner` owns; keeps it until the Promise has fired. `Forwards`: the
/// owner fires it, and not the cancel. Pointer: a std::shared_ptr or a CountedPtr.
template <class Pointer, bool Forwards = false>
struct SharedCanceller {
  Pointer owner;

  static void cancel(void* self, Chain& chain) {
    static_cast<SharedCanceller*>(self)->owner->cancel(chain.firedAt());
  }
  static void discard(void* self, Chain&) { static_cast<SharedCanceller*>(self)->owner->discard(); }
  static void destroy(void* self) noexcept {
    static_cast<SharedCanceller*>(self)->~SharedCanceller();
  }

  static void waitsFor(const void* self, WaitingFor& waiting) {
    static_cast<const SharedCanceller*>(self)->owner->waitsFor(waiting);
  }

  static constexpr CancellerOps kOps = {&cancel, &discard, &destroy, Forwards, &waitsFor};
};

}  // namespace couplet::detail
#pragma GCC visibility pop
