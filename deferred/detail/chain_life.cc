// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/detail/chain.h>

#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

#include <couplet/deferred/detail/chain_notes.h>
#include <couplet/deferred/detail/pending_view.h>
#include <couplet/deferred/errors.h>

namespace couplet::detail {

namespace {

// What this thread has of chains, beside the ready ones that Turn keeps.
constinit thread_local Chain* firstPending = nullptr;
constinit thread_local Chain* firstBuried = nullptr;
constinit thread_local bool burying = false;
constinit thread_local char threadTag = 0;  // its address tells the thread

constexpr bool kPendingView = COUPLET_PENDING_VIEW;

}  // namespace

bool PendingView::built() noexcept { return kPendingView; }

Chain* Chain::firstOfThread() noexcept { return firstPending; }

// Making

Chain* Chain::make(SourceLocation made) {
  auto* chain = ::new (BlockPool::take(kBlockBytes)) Chain(made);
  chain->bump_ = chain->arena();
  chain->bumpEnd_ = chain->arenaEnd();
  chain->thread_ = &threadTag;
  if constexpr (kPendingView) chain->link();
  return chain;
}

// Cancelling

namespace {

/// One for all: they all say the same. Never destroyed, since threads may end after it would be.
const std::exception_ptr& cancelledError() {
  static const auto& shared = *new std::exception_ptr(std::make_exception_ptr(CancelledError()));
  return shared;
}

}  // namespace

void Chain::cancel(SourceLocation where) noexcept {
  checkThread();
  Chain* waiting = this;
  while (waiting->inner_) waiting = waiting->inner_;
  waiting->cancelHere(where);
}

void Chain::cancelHere(SourceLocation where) noexcept {
  const bool forwards = canceller_ && cancellerOps_->forwards;
  if (fired_ || (cancelling_ && !forwards)) return;
  Turn turn;
  ++pins_;
  setFiredAt(where);
  if (forwards) return forwardCancel();
  std::optional<Failure> thrown;
  if (cancels()) {
    thrown = callCanceller(false);
  } else {
    if (canceller_) releaseCanceller();
    forgiveOne_ = true;
  }
  if (!fired_) {
    markFired(where);
    storeFailure(thrown ? *thrown : Failure(cancelledError(), where));
  } else if (thrown) {
    reportFailure(*thrown);
  }
  --pins_;
  if (discarded_) return finishDiscard();
  runNow();
}

// The rest of cancelHere, where the canceller stays until the chain is fired. What it cancels may
// wait on this chain, and call it again.
void Chain::forwardCancel() noexcept {
  const bool again = cancelling_;
  cancelling_ = true;
  cancellerOps_->cancel(canceller_, *this);
  cancelling_ = again;
  if (fired_ && !again) releaseCanceller();
  --pins_;
  if (again) return;
  if (discarded_) return finishDiscard();
  runNow();
}

std::optional<Failure> Chain::callCanceller(bool discarding) noexcept {
  std::optional<Failure> thrown;
  cancelling_ = true;
  try {
    bool special = discarding && cancellerOps_->discard;
    (special ? cancellerOps_->discard : cancellerOps_->cancel)(canceller_, *this);
  } catch (...) {
    thrown = Failure::current(made());
  }
  cancelling_ = false;
  releaseCanceller();
  return thrown;
}

void Chain::setCanceller(void* canceller, std::size_t bytes, const CancellerOps* ops) noexcept {
  canceller_ = canceller;
  cancellerOps_ = ops;
  cancellerBytes_ = static_cast<std::uint32_t>(bytes);
}

/// REQUIRES: there is one
void Chain::releaseCanceller() noexcept {
  ++pins_;
  void* canceller = std::exchange(canceller_, nullptr);
  if (cancellerBytes_) {
    cancellerOps_->destroy(canceller);
    BlockPool::give(canceller, cancellerBytes_);
  }
  --pins_;
}

// Discarding

void Chain::discard() noexcept {
  checkThread();
  Turn turn;
  consumed_ = false;
  discarded_ = true;
  finishDiscard();
}

// Ends all that this one waits on, from the Promise up: a coroutine's frame goes before those that
// await it, as they would in a stack. What runs now, and all that waits on it, ends when it is back
// in its loop, which calls this again.
void Chain::finishDiscard() noexcept {
  Chain* bottom = this;
  for (; bottom->inner_; bottom = bottom->inner_) bottom->discarded_ = true;
  bottom->discarded_ = true;
  if (bottom->running_ || bottom->cancelling_) return;
  ++bottom->pins_;
  if (!bottom->fired_ && bottom->cancels()) {
    bottom->callCanceller(true);
  } else if (!bottom->fired_) {
    if (bottom->canceller_) bottom->releaseCanceller();
    bottom->forgiveOne_ = true;
  }
  bottom->fired_ = true;
  for (Chain* chain = bottom; chain;) {
    Chain* outer = chain->outer_;
    if (outer) ++outer->pins_;
    chain->dismantle();
    --chain->pins_;
    chain->release();
    if (outer && outer->running_) {
      --outer->pins_;
      return;
    }
    chain = outer;
  }
}

void Chain::dismantle() noexcept {
  if (outer_) std::exchange(outer_, nullptr)->inner_ = nullptr;
  consumed_ = false;
  kept_ = false;
  if (void* frame = std::exchange(frame_, nullptr)) {
    std::coroutine_handle<>::from_address(frame).destroy();
  }
  dropSteps();
  clearResult();
  state_ = State::kGone;
}

// As most end

inline void Chain::unlink() noexcept {
  (previousPending_ ? previousPending_->nextPending_ : firstPending) = nextPending_;
  if (nextPending_) nextPending_->previousPending_ = previousPending_;
}

inline void Chain::forget() noexcept {
  if constexpr (kPendingView) unlink();
  this->~Chain();
  BlockPool::give(this, kBlockBytes);
}

// As most are that end: nobody owns it, and there is nothing to free but its value. One that has a
// value waits on no inner, and where it has a frame it is running.
inline bool Chain::holdsOnlyValue() const noexcept {
  return (state_ == State::kValue || state_ == State::kGone) && !(running_ || queued_ || buried_) &&
         !(promises_ | pins_ | bits(head_) | bits(canceller_) | bits(anchor_) | bits(notes_) |
           bits(firstExtra_));
}

// What `release` comes to then.
inline void Chain::endWithValue() noexcept {
  if (state_ == State::kGone || !valueOps_->destroy) return forget();
  endWithObject();
}

void Chain::endWithObject() noexcept {
  Turn turn;
  burying = true;
  clearResult();
  forget();
  endBurying();
}

// Owners

void Chain::lastPromiseDropped() noexcept {
  holdsOnlyValue() && !burying ? endWithValue() : promisesGone();
}

void Chain::promisesGone() noexcept {
  if (fired_ || cancelling_ || !taken_) return release();
  ++pins_;
  markFired(made());
  storeFailure(Failure(AbandonedError(made(), name()), made()));
  if (canceller_) releaseCanceller();
  --pins_;
  if (!Turn::inside()) return runNow();
  Turn::whenItEnds(*this);
}

bool Chain::refuseFiring(SourceLocation where) {
  if (!forgiveOne_) throw AlreadyCalledError(made(), name(), firedAt(), where);
  forgiveOne_ = false;
  return false;
}

void Chain::refuseSecondConsumer() const {
  std::ostringstream what;
  what << "the Deferred of the Promise made at " << made() << " was taken already";
  throw std::logic_error(what.str());
}

void Chain::dropConsumer() noexcept {
  checkThread();
  consumed_ = false;
  if (promises_ && hasTrivialValue()) return;  // until they go
  holdsOnlyValue() && !burying ? endWithValue() : release();
}

void Chain::unpause() {
  checkThread();
  if (!pauses_) throw std::logic_error("couplet: unpause() without a pause()");
  if (--pauses_ == 0) runNow();
}

Anchor* Chain::takeAnchor() {
  checkThread();
  if (!anchor_) anchor_ = new Anchor{this, 0};
  ++anchor_->handles;
  return anchor_;
}

void Chain::dropAnchor(Anchor* anchor) noexcept {
  if (--anchor->handles > 0) return;
  Chain* chain = anchor->chain;
  delete anchor;
  if (!chain) return;
  chain->anchor_ = nullptr;
  chain->release();
}

// Ending

// Called whenever an owner goes. A value that nobody will see lives until the chain is destroyed,
// if that is now: it may own the next chain, and so on.
void Chain::releaseUnkept() noexcept {
  if (promises_ && hasTrivialValue()) return;  // until they go
  if (holdsOnlyValue() && !burying) return endWithValue();
  if (!fired_ && promises_) return;
  if (state_ == State::kValue || state_ == State::kFailure) {
    if (!taken_ && promises_) return;  // its Deferred may still be taken
    if (pauses_ && anchor_) return;    // a handle may unpause it
    if (state_ == State::kFailure || promises_) endUnseen();
  }
  if (!promises_) bury(*this);
}

void Chain::endUnseen() noexcept {
  ++pins_;
  if (state_ == State::kFailure) {
    Failure failure = std::move(*valueIn<Failure>(slot_));
    clearResult();
    state_ = State::kGone;
    reportFailure(failure);
  }
  dropSteps();
  clearResult();
  state_ = State::kGone;
  --pins_;
}

// What a dying chain holds may own the next one: they are destroyed one after the other. One that
// holds nothing of the kind goes at once.
void Chain::bury(Chain& chain) noexcept {
  if (!chain.holdsObjects()) return chain.destroy();
  chain.buried_ = true;
  if (burying) {
    chain.nextInLine_ = std::exchange(firstBuried, &chain);
    return;
  }
  Turn turn;
  burying = true;
  chain.destroy();
  endBurying();
}

inline void Chain::endBurying() noexcept {
  while (Chain* next = firstBuried) {
    firstBuried = next->nextInLine_;
    next->destroy();
  }
  burying = false;
}

bool Chain::holdsObjects() const noexcept {
  bool result = state_ == State::kValue || state_ == State::kFailure;
  return head_ || canceller_ || (result && valueOps_->destroy);
}

void Chain::destroy() noexcept {
  if (anchor_) anchor_->chain = nullptr;
  dropSteps();
  if (canceller_) releaseCanceller();
  clearResult();
  delete notes_;
  if (firstExtra_) freeExtras();
  forget();
}

void Chain::dropSteps() noexcept {
  while (head_) popStep();
}

// The thread's list

void Chain::link() noexcept {
  nextPending_ = firstPending;
  if (firstPending) firstPending->previousPending_ = this;
  firstPending = this;
  stamp_ = ThreadStamp::current();
}

void Chain::requireOwnThread() const noexcept {
  if (thread_ == &threadTag) return;
  std::fprintf(stderr,
               "couplet: the Deferred made at %s:%u is used on a thread that is not its own: hand "
               "the call over with Reactor::callFromThread\n",
               madeFile_, madeLine_);
  std::abort();
}

}  // namespace couplet::detail
