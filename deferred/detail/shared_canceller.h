// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The canceller of a Deferred that stands for several others.
#pragma once

#include <memory>

#include <couplet/deferred/detail/chain.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

/// Cancels, or discards, what `owner` owns; keeps it until the Promise has fired. `Forwards`: the
/// owner fires it, and not the cancel.
template <class Owner, bool Forwards = false>
struct SharedCanceller {
  std::shared_ptr<Owner> owner;

  static void cancel(void* self, Chain& chain) {
    static_cast<SharedCanceller*>(self)->owner->cancel(chain.firedAt());
  }
  static void discard(void* self, Chain&) { static_cast<SharedCanceller*>(self)->owner->discard(); }
  static void destroy(void* self) noexcept {
    static_cast<SharedCanceller*>(self)->~SharedCanceller();
  }

  static constexpr CancellerOps kOps = {&cancel, &discard, &destroy, Forwards};
};

}  // namespace couplet::detail
#pragma GCC visibility pop
