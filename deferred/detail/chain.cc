// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/detail/chain.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

#include <couplet/deferred/errors.h>
#include <couplet/deferred/report.h>

namespace couplet::detail {

namespace {

// What this thread has of chains, beside the ready ones that Turn keeps.
constinit thread_local Chain* firstPending = nullptr;
constinit thread_local Chain* firstBuried = nullptr;
constinit thread_local bool burying = false;
constinit thread_local char threadTag = 0;  // its address tells the thread

}  // namespace

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

Chain* Chain::make(SourceLocation made) {
  auto* chain = ::new (BlockPool::take(kBlockBytes)) Chain(made);
  chain->bump_ = chain->arena();
  chain->bumpEnd_ = chain->arenaEnd();
  chain->thread_ = &threadTag;
  chain->link();
  return chain;
}

void Chain::storeCurrentException(SourceLocation where, const Failure* known) {
  std::exception_ptr error = std::current_exception();
  if (!error) throw;  // no exception but the end of the thread
  bool same = known && known->exception() == error;
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
    storeCurrentException(other.made_);
  }
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

void Chain::runNow() {
  checkThread();
  if (!runnable()) return release();
  Turn turn;
  run(this);
}

void Chain::run(Chain* chain) {
  while (chain) {
    Chain* next = chain->runSteps();
    if (next == chain) return runFired(*chain);
    chain = next;
  }
}

Chain* Chain::runSteps() {
  {
    Running running(*this);
    while (head_ && !pauses_ && !discarded_ && !inner_ && !nextInLine_) runStep();
  }
  return goOn();
}

void Chain::runStep() {
  Step& step = *head_;
  if (wanted(step)) {
    step.ops->run(step, *this);
    kept_ = inner_ && inner_->frame_;
  }
  if (!kept_) popStep();
}

// This one itself, when it has fired another, which goes first.
Chain* Chain::goOn() {
  if (nextInLine_) {
    return this;
  } else if (discarded_) {
    finishDiscard();
  } else if (inner_) {
    return collapse(this);
  } else if (pauses_) {
    release();
  } else {
    return finish();
  }
  return nullptr;
}

Chain* Chain::finish() {
  if (outer_) return outer_->frame_ ? outer_->resumeFrame() : handOver();
  release();
  return nullptr;
}

void Chain::popStep() noexcept {
  Step* step = head_;
  bool lastInExtra = step->lastInBlock && !(reinterpret_cast<std::byte*>(step) >= arena() &&
                                            reinterpret_cast<std::byte*>(step) < arenaEnd());
  head_ = step->next;
  if (step->ops->destroy) step->ops->destroy(*step);
  if (lastInExtra) freeFirstExtra();
  if (!head_) rewindArena();
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
  bool inLoop = std::exchange(outer->running_, true);
  outer->dropKept();
  outer->takeResultOf(*this);
  outer->running_ = inLoop;
  return inLoop ? nullptr : outer;
}

// Waiting

void Chain::adopt(Chain* inner) {
  if (inner->finished()) return takeResultOf(*inner);
  if (waitOn(*inner)) return;
  Failure cycle(DeferredCycleError(inner->made_), inner->made_);
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
  Chain* failed = make(made_);
  failed->markFired(made_);
  failed->storeFailure(std::move(failure));
  failed->taken_ = failed->consumed_ = true;
  failed->outer_ = std::exchange(outer_, nullptr);
  failed->outer_->inner_ = failed;
  consumed_ = false;
  Turn::whenItEnds(*failed);
}

bool Chain::waitOn(Chain& inner) noexcept {
  if (wouldCycle(inner)) return false;
  inner.outer_ = this;
  inner_ = &inner;
  return true;
}

// `inner` is nobody's inner yet, and this one waits on nothing yet. So there is a cycle if the end
// of the way down from `inner` is this one, or, the same, the end of the way up from here is
// `inner`: whichever way is shorter tells.
bool Chain::wouldCycle(const Chain& inner) const noexcept {
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

void Chain::beginFrame(std::coroutine_handle<> frame) noexcept {
  frame_ = frame.address();
  running_ = true;
  fired_ = true;
}

void Chain::suspendFrame(SourceLocation where) noexcept {
  firedAt_ = where;
  running_ = false;
}

void Chain::endFrame(Chain* answer) noexcept {
  std::coroutine_handle<>::from_address(frame_).destroy();
  frame_ = nullptr;
  if (answer) adopt(answer);
  running_ = false;
}

Chain* Chain::takeInner() noexcept {
  Chain* inner = std::exchange(inner_, nullptr);
  inner->outer_ = nullptr;
  return inner;
}

Chain* Chain::resumeFrame() {
  ++pins_;
  running_ = true;
  std::coroutine_handle<>::from_address(frame_).resume();
  running_ = false;
  --pins_;
  if (!frame_) return runnable() ? this : goOn();
  if (discarded_) finishDiscard();
  return nullptr;
}

// Cancelling

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
  firedAt_ = where;
  if (forwards) return forwardCancel();
  std::optional<Failure> thrown;
  if (canceller_) {
    thrown = callCanceller(false);
  } else {
    forgiveOne_ = true;
  }
  if (!fired_) {
    markFired(where);
    storeFailure(thrown ? *thrown : Failure(CancelledError(), where));
  } else if (thrown) {
    report({*thrown, made_, name()});
  }
  --pins_;
  if (discarded_) return finishDiscard();
  runNow();
}

// The rest of cancelHere, where the canceller stays until the chain is fired. What it cancels may
// wait on this chain, and call it again.
void Chain::forwardCancel() noexcept {
  const bool again = std::exchange(cancelling_, true);
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
    thrown = Failure::current(made_);
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
  cancellerOps_->destroy(canceller);
  BlockPool::give(canceller, cancellerBytes_);
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
  if (!bottom->fired_ && bottom->canceller_) {
    bottom->callCanceller(true);
  } else if (!bottom->fired_) {
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

// Owners

void Chain::lastPromiseDropped() noexcept {
  if (fired_ || cancelling_ || !taken_) return release();
  ++pins_;
  markFired(made_);
  storeFailure(Failure(AbandonedError(made_), made_));
  if (canceller_) releaseCanceller();
  --pins_;
  if (!Turn::inside()) return runNow();
  Turn::whenItEnds(*this);
}

bool Chain::beginFiring(SourceLocation where) {
  checkThread();
  if (fired_) {
    if (std::exchange(forgiveOne_, false)) return false;
    throw AlreadyCalledError(made_, firedAt_);
  }
  markFired(where);
  return true;
}

void Chain::ownByConsumer() {
  checkThread();
  if (taken_) refuseSecondConsumer();
  taken_ = consumed_ = true;
}

void Chain::refuseSecondConsumer() const {
  std::ostringstream what;
  what << "the Deferred of the Promise made at " << made_ << " was taken already";
  throw std::logic_error(what.str());
}

void Chain::dropConsumer() noexcept {
  checkThread();
  consumed_ = false;
  holdsOnlyValue() && !burying ? endWithValue() : release();
}

void Chain::unpause() {
  checkThread();
  if (!pauses_) throw std::logic_error("couplet: unpause() without a pause()");
  if (--pauses_ == 0) runNow();
}

void Chain::setName(std::string_view name) {
  checkThread();
  if (!name_) name_ = new std::string;
  name_->assign(name);
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
void Chain::release() noexcept {
  if (consumed_ || running_ || inner_ || frame_ || queued_ || pins_ || buried_) return;
  if (!fired_ && promises_) return;
  if (state_ == State::kValue || state_ == State::kFailure) {
    if (!taken_ && promises_) return;  // its Deferred may still be taken
    if (pauses_ && anchor_) return;    // a handle may unpause it
    if (state_ == State::kFailure || promises_) endUnseen();
  }
  if (!promises_) bury(*this);
}

// As most are that end: nobody owns it, and there is nothing to free but its value. One that has a
// value waits on no inner, and where it has a frame it is running.
inline bool Chain::holdsOnlyValue() const noexcept {
  const auto address = [](const void* at) { return reinterpret_cast<std::uintptr_t>(at); };
  const auto others = address(head_) | address(canceller_) | address(anchor_) | address(name_);
  const auto owners = promises_ | pins_ | running_ | queued_ | buried_;
  return state_ == State::kValue && others == 0 && owners == 0;
}

// What `release` comes to then.
inline void Chain::endWithValue() noexcept {
  if (!valueOps_->destroy) return forget();
  Turn turn;
  burying = true;
  clearResult();
  forget();
  endBurying();
}

void Chain::endUnseen() noexcept {
  ++pins_;
  if (state_ == State::kFailure) {
    Failure failure = std::move(*valueIn<Failure>(slot_));
    clearResult();
    state_ = State::kGone;
    report({failure, made_, name()});
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
  delete name_;
  forget();
}

inline void Chain::forget() noexcept {
  unlink();
  this->~Chain();
  BlockPool::give(this, kBlockBytes);
}

void Chain::dropSteps() noexcept {
  while (head_) popStep();
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

void Chain::rewindArena() noexcept {
  while (firstExtra_) freeFirstExtra();
  bump_ = arena();
  bumpEnd_ = arenaEnd();
}

// The thread's list

void Chain::link() noexcept {
  nextPending_ = firstPending;
  if (firstPending) firstPending->previousPending_ = this;
  firstPending = this;
}

void Chain::unlink() noexcept {
  (previousPending_ ? previousPending_->nextPending_ : firstPending) = nextPending_;
  if (nextPending_) nextPending_->previousPending_ = previousPending_;
}

void Chain::requireOwnThread() const noexcept {
  if (thread_ == &threadTag) return;
  std::fprintf(stderr,
               "couplet: the Deferred made at %s:%u is used on a thread that is not its own: hand "
               "the call over with Reactor::callFromThread\n",
               made_.file, made_.line);
  std::abort();
}

std::string Chain::describe(std::string_view value) const {
  std::ostringstream out;
  out << "<Deferred at " << this << ", made at " << made_;
  if (name_) out << ", named \"" << *name_ << '"';
  if (inner_) {
    out << ", waiting on Deferred at " << inner_;
  } else if (hasValueOfConsumer()) {
    out << ", current result: " << value;
  } else if (state_ == State::kFailure) {
    out << ", current result: " << *valueIn<Failure>(const_cast<std::byte*>(slot_));
  }
  out << '>';
  return out.str();
}

}  // namespace couplet::detail
