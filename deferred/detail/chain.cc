// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/detail/chain.h>

#include <algorithm>

#include <couplet/deferred/errors.h>
#include <couplet/deferred/report.h>
#include <couplet/deferred/running_site.h>

namespace couplet::detail {

/// A further block of steps: this, then they.
struct Chain::Block {
  Block* next;
  std::size_t bytes;
};

// Turn

constinit thread_local std::uint32_t Turn::depth = 0;
constinit thread_local Chain* Turn::firstReady = nullptr;
constinit thread_local Chain* Turn::lastReady = nullptr;

void Turn::whenItEnds(Chain& chain) noexcept {
  chain.queued_ = true;
  chain.nextInLine_ = nullptr;
  (firstReady ? lastReady->nextInLine_ : firstReady) = &chain;
  lastReady = &chain;
}

void Turn::runReady() {
  while (Chain* chain = firstReady) {
    firstReady = std::exchange(chain->nextInLine_, nullptr);
    chain->queued_ = false;
    if (chain->runnable()) {
      Chain::run(chain);
    } else {
      chain->release();
    }
  }
}

// Results

void Chain::storeCurrentException(SourceLocation where, const Failure* known) {
  std::exception_ptr error = std::current_exception();
  if (!error) throw;  // no exception but the end of the thread
  bool same = known && known->exception() == error;
  if (!same) forgetWay();
  storeFailure(Failure(std::move(error), same ? known->raisedAt() : where));
}

void Chain::takeResultOf(Chain& other) noexcept {
  moveResultFrom(other);
  other.dropConsumer();
}

inline void Chain::moveResultFrom(Chain& other) noexcept {
  try {
    other.valueOps_->relocate(other.slot_, slot_);
    valueOps_ = other.valueOps_;
    state_ = other.state_;
  } catch (...) {
    other.clearResult();
    storeCurrentException(other.made());
  }
  if (state_ == State::kFailure) takeWayOf(other, {made(), true});
  other.state_ = State::kGone;
}

// Running

/// The steps of a chain are on the stack, until they are done or the end of their thread unwinds
/// it.
class Chain::Running {
 public:
  explicit Running(Chain& chain) noexcept : chain_(chain) { chain_.running_ = true; }
  ~Running() { chain_.running_ = false; }

 private:
  Chain& chain_;
};

inline Chain* Chain::finish() {
  if (outer_) return outer_->frame_ ? outer_->resumeFrame() : handOver();
  release();
  return nullptr;
}

// It has no result to hand on. This one itself, when it has fired another, which goes first.
Chain* Chain::stop() {
  if (nextInLine_) return this;
  if (discarded_) {
    finishDiscard();
  } else if (inner_) {
    return collapse(this);
  } else {
    release();
  }
  return nullptr;
}

inline void Chain::callStep(Step& step) {
  siteWatched() ? callWatched(step) : step.ops->run(step, *this);
  if (inner_ && inner_->frame_) kept_ = true;
}

inline void Chain::runStep() {
  Step& step = *head_;
  if (state_ == State::kFailure) {
    runFailed(step);
  } else if (step.ops->takesValue) {
    callStep(step);
  }
  if (!kept_) popStep();
}

inline Chain* Chain::runSteps() {
  bool stops;
  {
    Running running(*this);
    while (!(stops = interrupted()) && head_) runStep();
  }
  return stops ? stop() : finish();
}

inline void Chain::run(Chain* chain) {
  do {
    Chain* next = chain->runSteps();
    if (next == chain) return runFired(*chain);
    chain = next;
  } while (chain);
}

void Chain::runNow() {
  checkThread();
  if (!runnable()) return release();
  Turn turn;
  run(this);
}

[[gnu::noinline, gnu::cold]] void Chain::callWatched(Step& step) {
  RunningSite running(step.attached());
  step.ops->run(step, *this);
}

// An errback that gave the failure back, or none: it has come by here.
void Chain::runFailed(Step& step) {
  const SourceLocation raised = valueIn<Failure>(slot_)->raisedAt();
  if (step.ops->takesFailure) {
    callStep(step);
    if (state_ != State::kFailure || !(valueIn<Failure>(slot_)->raisedAt() == raised)) {
      return forgetWay();
    }
  }
  noteWay({step.attached()});
}

void Chain::dropKept() noexcept {
  if (!kept_) return;
  kept_ = false;
  popStep();
}

// Firing others

void Chain::fireOther(Chain& other, SourceLocation where) {
  if (!other.beginFiring(where)) {
    clearResult();
    storeValue<Nothing>(where);
    return;
  }
  other.queued_ = true;
  nextInLine_ = &other;
  other.moveResultFrom(*this);
  storeValue<Nothing>(where);
  if (other.canceller_ && !other.cancelling_) other.releaseCanceller();
}

/// Chains that have fired another each, and go on when that one has run: the last one first.
class Chain::Firing {
 public:
  Firing() noexcept = default;
  Firing(const Firing&) = delete;
  Firing& operator=(const Firing&) = delete;
  ~Firing() {
    while (last_) pop();
  }

  bool empty() const noexcept { return !last_; }

  /// The one that `chain` has fired, if it can run.
  Chain* push(Chain& chain) noexcept {
    Chain* fired = std::exchange(chain.nextInLine_, last_);
    chain.queued_ = true;
    last_ = &chain;
    return fired->takeFromLine();
  }

  /// The last one, if it can go on.
  Chain* pop() noexcept {
    Chain* chain = last_;
    last_ = std::exchange(chain->nextInLine_, nullptr);
    return chain->takeFromLine();
  }

 private:
  Chain* last_ = nullptr;
};

// Not by calling `run`: of Deferreds that each fire the next one there may be any number.
void Chain::runFired(Chain& first) {
  Firing firing;
  Chain* chain = firing.push(first);
  while (chain || !firing.empty()) {
    if (!chain) {
      chain = firing.pop();
    } else {
      Chain* next = chain->runSteps();
      chain = next == chain ? firing.push(*chain) : next;
    }
  }
}

Chain* Chain::takeFromLine() noexcept {
  queued_ = false;
  if (runnable()) return this;
  discarded_ ? finishDiscard() : release();
  return nullptr;
}

// The outer is in its loop already when the end of its last closure fired what it waits on. Else it
// counts as running meanwhile, since here, too, a closure ends and a value moves.
Chain* Chain::handOver() noexcept {
  Chain* outer = std::exchange(outer_, nullptr);
  outer->inner_ = nullptr;
  const bool inLoop = outer->running_;
  outer->running_ = true;
  outer->dropKept();
  outer->takeResultOf(*this);
  outer->running_ = inLoop;
  return inLoop ? nullptr : outer;
}

// Waiting

void Chain::adopt(Chain* inner) {
  if (inner->finished()) return takeResultOf(*inner);
  if (!waitOn(*inner)) refuseCycle(inner);
}

void Chain::refuseCycle(Chain* inner) {
  Failure cycle(DeferredCycleError(inner->made(), inner->name()), inner->made());
  if (inner->frame_) {
    failOuter(std::move(cycle));
    waitOn(*inner);
  } else {
    inner->dropConsumer();
    storeFailure(std::move(cycle));
  }
}

// A coroutine in a cycle, which may use the closure that it came from, is waited for nevertheless:
// what waits here, and it at last, waits on a failed chain instead.
void Chain::failOuter(Failure failure) noexcept {
  Chain* failed = make(made());
  failed->markFired(made());
  failed->storeFailure(std::move(failure));
  failed->taken_ = failed->consumed_ = true;
  failed->outer_ = std::exchange(outer_, nullptr);
  failed->outer_->inner_ = failed;
  consumed_ = false;
  Turn::whenItEnds(*failed);
}

// `inner` is nobody's inner yet, and this one waits on nothing yet. So there is a cycle if the end
// of the way down from `inner` is this one, or, the same, the end of the way up from here is
// `inner`: whichever way is shorter tells.
bool Chain::endsMeet(const Chain& inner) const noexcept {
  const Chain* up = this;
  const Chain* down = &inner;
  while (up != &inner && down != this) {
    if (!up->outer_ || !down->inner_) return false;
    up = up->outer_;
    down = down->inner_;
  }
  return true;
}

// A chain that has nothing to do but hand its inner's result to its outer is left out: so a
// loop of callbacks that return Deferreds takes constant memory. Returns a chain that can go on.
Chain* Chain::collapse(Chain* chain) noexcept {
  while (Chain* outer = chain->outer_) {
    Chain* inner = chain->inner_;
    if (chain->head_ || chain->frame_ || chain->anchor_ || chain->pauses_) break;
    chain->inner_ = chain->outer_ = nullptr;
    chain->state_ = State::kGone;
    chain->consumed_ = false;
    inner->outer_ = outer;
    outer->inner_ = inner;
    if (chain->notes_ && !inner->notes_) inner->notes_ = std::exchange(chain->notes_, nullptr);
    chain->release();
    if (!outer->kept_) break;
    outer->running_ = true;
    outer->dropKept();
    outer->running_ = false;
    if (outer->inner_ != inner) return outer;
    chain = outer;
  }
  return nullptr;
}

// Coroutines

void Chain::endFrame(Chain* answer) noexcept {
  std::coroutine_handle<>::from_address(frame_).destroy();
  frame_ = nullptr;
  if (notes_ && state_ != State::kFailure) forgetWay();
  if (answer) adopt(answer);
  running_ = false;
}

inline void Chain::resumeBody() {
  if (siteWatched()) [[unlikely]]
    return resumeWatched();
  std::coroutine_handle<>::from_address(frame_).resume();
}

[[gnu::noinline, gnu::cold]] void Chain::resumeWatched() {
  RunningSite running(firedAt(), kCoroutineSite);
  std::coroutine_handle<>::from_address(frame_).resume();
}

Chain* Chain::resumeFrame() {
  ++pins_;
  running_ = true;
  resumeBody();
  running_ = false;
  --pins_;
  if (!frame_) return runnable() ? this : goOn();
  if (discarded_) finishDiscard();
  return nullptr;
}

// Memory of steps

void* Chain::takeStepMemoryElsewhere(std::size_t bytes) {
  static_assert(sizeof(Block) % alignof(std::max_align_t) == 0);
  std::size_t size = std::max(kBlockBytes, sizeof(Block) + bytes);
  auto* block = ::new (BlockPool::take(size)) Block{nullptr, size};
  (lastExtra_ ? lastExtra_->next : firstExtra_) = block;
  lastExtra_ = block;
  if (head_) tail_->lastInBlock = true;
  auto* memory = reinterpret_cast<std::byte*>(block + 1);
  bump_ = memory + bytes;
  bumpEnd_ = reinterpret_cast<std::byte*>(block) + size;
  return memory;
}

void Chain::freeFirstExtra() noexcept {
  Block* block = firstExtra_;
  firstExtra_ = block->next;
  if (!firstExtra_) lastExtra_ = nullptr;
  BlockPool::give(block, block->bytes);
}

void Chain::freeExtras() noexcept {
  while (firstExtra_) freeFirstExtra();
  bumpEnd_ = arenaEnd();
}

// Steps in the chain's own block go with that.
void Chain::freeBlockOf(const Step* step) noexcept {
  const auto* at = reinterpret_cast<const std::byte*>(step);
  if (at < arena() || at >= arenaEnd()) freeFirstExtra();
}

}  // namespace couplet::detail
