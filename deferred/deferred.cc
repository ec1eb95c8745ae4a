// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/deferred.h>

namespace couplet {

CancelHandle::CancelHandle(const CancelHandle& other) noexcept : anchor_(other.anchor_) {
  if (anchor_) ++anchor_->handles;
}

CancelHandle& CancelHandle::operator=(CancelHandle other) noexcept {
  std::swap(anchor_, other.anchor_);
  return *this;
}

CancelHandle::~CancelHandle() {
  if (anchor_) detail::Chain::dropAnchor(anchor_);
}

void CancelHandle::cancel(SourceLocation here) const noexcept {
  if (anchor_ && anchor_->chain) anchor_->chain->cancel(here);
}

void PauseHandle::pause() const noexcept {
  if (anchor_ && anchor_->chain) anchor_->chain->pause();
}

void PauseHandle::unpause() const {
  if (anchor_ && anchor_->chain) anchor_->chain->unpause();
}

Deferred<void> succeed(SourceLocation here) {
  detail::Chain* chain = detail::Chain::make(here);
  chain->markFired(here);
  chain->storeValue<detail::Nothing>(here);
  return detail::Access::make<void>(chain);
}

namespace detail {

Deferred<void> CoroutinePromise<void>::get_return_object(SourceLocation made) {
  return begin(std::coroutine_handle<CoroutinePromise>::from_promise(*this), made);
}

}  // namespace detail

}  // namespace couplet
