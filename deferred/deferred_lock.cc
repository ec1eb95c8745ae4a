// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/deferred_lock.h>

namespace couplet {

DeferredLock::DeferredLock() : tokens_(new detail::Tokens(1)) {}

DeferredLock::~DeferredLock() { tokens_->abandon(); }

Deferred<Acquired> DeferredLock::acquire(SourceLocation here) { return tokens_->acquire(here); }

std::optional<SourceLocation> DeferredLock::holder() const noexcept {
  if (!locked()) return std::nullopt;
  return tokens_->lastTaken();
}

}  // namespace couplet
