// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/detail/inputs.h>

#include <utility>

#include <couplet/deferred/errors.h>

namespace couplet::detail {

void Inputs::begin(std::span<Deferred<void>> places) {
  places_ = places;
  beginning_ = true;
  followAll();
  beginning_ = false;
  if (over_ && rules_.cancelsTheOthers) cancelAll(made_);
  if (places_.empty()) fireAll();
}

void Inputs::succeeded(std::size_t index) {
  --missing_;
  if (rules_.fireOnOneCallback) {
    over_ = true;
    if (rules_.cancelsTheOthers && !beginning_) cancelAll(made_);
    fireOne(index);
  } else if (missing_ == 0) {
    over_ = true;
    fireAll();
  }
}

void Inputs::failed(std::size_t index, const Failure& failure) {
  --missing_;
  if (rules_.fireOnOneErrback) {
    over_ = true;
    fail(Failure(FirstError(index, failure), failure.raisedAt()));
  } else if (missing_ == 0) {
    over_ = true;
    fireAll();
  }
}

// By index: an input that fires may fire the whole, whose callbacks may discard what they like.
void Inputs::cancelAll(SourceLocation where) {
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (places_[i]) places_[i].cancel(where);
  }
}

// Called again from within, where an input waits for the whole, it breaks that circle.
void Inputs::cancel(SourceLocation where) {
  if (std::exchange(cancelling_, true)) {
    over_ = true;
    return fail(Failure(CancelledError(), where));
  }
  cancelEach(where);
  cancelling_ = false;
}

// Where one is enough, an input may answer with a value, which cancels those that are left.
void Inputs::cancelEach(SourceLocation where) {
  if (!rules_.cancelsTheOthers) return cancelAll(where);
  for (std::size_t i = 0; i < places_.size() && !over_; ++i) {
    if (places_[i]) places_[i].cancel(where);
  }
  over_ = true;
}

void Inputs::waitsFor(WaitingFor& waiting) const {
  for (const Deferred<void>& each : places_) {
    if (each) waiting.on(Access::use(each));
  }
}

void Inputs::discard() noexcept {
  over_ = true;
  for (Deferred<void>& place : places_) {
    if (Deferred<void> input = std::move(place)) std::move(input).discard();
  }
}

}  // namespace couplet::detail
