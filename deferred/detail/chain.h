// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. A Deferred without its type: a result, the steps that wait for it, and what it waits
// on. All that runs, waits, cancels and ends is here; the typed faces (deferred.h, step.h,
// coroutine.h) only call it. A chain belongs to the thread that made it.
//
// Life of a chain. A Promise (or a coroutine, or `succeed`) makes it, a Deferred consumes it. It is
// *pending* until fired; then its steps run, each changing the result, until one answers with a
// Deferred whose chain, the *inner*, is not finished: then it waits, and the inner knows its
// *outer*. When its steps have run it hands its result to its outer, and is gone; or keeps it for
// its Deferred; or, when nobody can see it any more, reports a failure and is gone. Its block is
// recycled when its last owner goes: consumer (Deferred or outer), Promises, coroutine frame,
// inner, or the loop that runs it.
//
// Nothing here recurses along chains: `run` goes from a chain to its outer in a loop, and what ends
// inside of that is put on a list of the thread.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <couplet/deferred/detail/block_pool.h>
#include <couplet/deferred/detail/value.h>
#include <couplet/deferred/failure.h>
#include <couplet/deferred/source_location.h>
#include <couplet/deferred/thread_stamp.h>

#pragma GCC visibility push(default)
namespace couplet {
struct UnhandledFailure;
class WaitDescription;
struct WayPoint;
}  // namespace couplet

namespace couplet::detail {

class Chain;
class ChainNotes;
class WaitingFor;

/// A callback and an errback, waiting. Lives in a block of its chain.
struct Step;

struct StepOps {
  /// Calls the closure with the chain's result and stores its answer. Throws nothing but what
  /// unwinds a thread.
  void (*run)(Step& step, Chain& chain);
  /// Null where there is nothing to destroy.
  void (*destroy)(Step& step) noexcept;
  bool takesValue;    ///< else a value passes by
  bool takesFailure;  ///< else a failure passes by
  /// The chain that it will fire, for the view of what is pending; null: it fires none.
  const Chain* (*fires)(const Step& step) noexcept = nullptr;
};

struct Step {
  const StepOps* ops;
  Step* next = nullptr;
  const char* file;  // where it was attached; apart, since a SourceLocation would take 4 bytes more
  unsigned line;
  bool lastInBlock = false;  // the next step is in the next block

  Step(const StepOps* how, SourceLocation attached) noexcept
      : ops(how), file(attached.file), line(attached.line) {}
  SourceLocation attached() const noexcept { return {file, line}; }
};

/// What stops the work behind a Promise.
struct CancellerOps {
  /// Null: it only knows what is waited for.
  void (*cancel)(void* canceller, Chain& chain);
  /// As cancel, for `discard`: what it stops is to be discarded too. Null: the same as cancel.
  void (*discard)(void* canceller, Chain& chain);
  /// Not called where its memory belongs to somebody else, and it has no bytes.
  void (*destroy)(void* canceller) noexcept;
  /// What it cancels fires the chain, now or later: a cancel does not, and may come again, also
  /// from within.
  bool forwards = false;
  /// Says what the chain waits for; null where it knows nothing of that.
  void (*waitsFor)(const void* canceller, WaitingFor& waiting) = nullptr;
};

/// What handles share with a chain that may be gone before them.
struct Anchor {
  Chain* chain;
  std::uint32_t handles;
};

/// One thing to be done with chains on this thread is under way. The outermost one ends with the
/// chains whose Promises were destroyed in it.
class Turn {
 public:
  Turn() noexcept { ++depth; }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    if (depth == 1 && firstReady) runReady();
    --depth;
  }

  static bool inside() noexcept { return depth > 0; }
  static void whenItEnds(Chain& chain) noexcept;

 private:
  static void runReady();

  // Not inline, which would give each library that a program loads its own.
  static constinit thread_local std::uint32_t depth;
  static constinit thread_local Chain* firstReady;
  static constinit thread_local Chain* lastReady;
};

class Chain {
 public:
  enum class State : std::uint8_t {
    kPending,  // no result: not fired, or waits on the inner
    kValue,
    kFailure,
    kGone,  // the result was handed over, or nobody is left to see it
  };

  /// A chain that nobody owns yet: call one of the `own...` next.
  static Chain* make(SourceLocation made);

  // What the typed faces need to know and to do.

  State state() const noexcept { return state_; }
  void* slot() noexcept { return slot_; }
  SourceLocation made() const noexcept { return {madeFile_, madeLine_}; }

  /// For a canceller: where `cancel` was called.
  SourceLocation firedAt() const noexcept { return {firedFile_, firedLine_}; }

  /// Has its final result, as far as steps are there.
  bool finished() const noexcept {
    return hasResult() && !(running_ || queued_) && !(pauses_ | bits(head_) | bits(frame_));
  }

  /// Has a value of the type that its Deferred has: no step will change it.
  bool hasValueOfConsumer() const noexcept { return state_ == State::kValue && !head_; }

  /// Stores a value in place of nothing. What its constructor throws becomes the failure.
  template <class T, class... Args>
  void storeValue(SourceLocation where, Args&&... args) {
    try {
      emplaceIn<T>(slot_, std::forward<Args>(args)...);
      valueOps_ = &kValueOps<T>;
      state_ = State::kValue;
    } catch (...) {
      storeCurrentException(where);
    }
  }

  /// Stores a failure in place of nothing.
  void storeFailure(Failure failure) noexcept {
    emplaceIn<Failure>(slot_, std::move(failure));
    valueOps_ = &kValueOps<Failure>;
    state_ = State::kFailure;
  }

  /// For a catch block. Keeps the place of `known` when that is the exception. Rethrows what
  /// unwinds a thread.
  void storeCurrentException(SourceLocation where, const Failure* known = nullptr);

  void clearResult() noexcept {
    if (state_ == State::kPending || state_ == State::kGone) return;
    state_ = State::kPending;
    if (valueOps_->destroy) valueOps_->destroy(slot_);
  }

  /// The answer of a step, or of a coroutine, is the Deferred of `inner`, whose consumer this
  /// becomes: takes its result when it is finished, else waits. A cycle becomes a
  /// DeferredCycleError.
  void adopt(Chain* inner);

  /// Waits on `inner`, which is not finished; false and nothing done where that would be a cycle.
  bool waitOn(Chain& inner) noexcept {
    if (wouldCycle(inner)) return false;
    inner.outer_ = this;
    inner_ = &inner;
    return true;
  }

  /// Moves the result of a finished chain here, and lets that chain go.
  void takeResultOf(Chain& other) noexcept;

  /// For a step: fires `other`, which a Promise of it allows, with this one's result, and leaves
  /// nothing in its place. The steps of `other` run before the next one of this, in the same loop.
  /// AlreadyCalledError when `other` was fired before.
  void fireOther(Chain& other, SourceLocation where);

  /// Appends a step, and runs it if nothing hinders. S is constructed from (args...).
  template <class S, class... Args>
  void addStep(Args&&... args) {
    checkThread();
    static_assert(alignof(S) <= alignof(std::max_align_t), "couplet: over-aligned closure");
    S* step = ::new (takeStepMemory(sizeof(S), alignof(S))) S(std::forward<Args>(args)...);
    (head_ ? tail_->next : head_) = step;
    tail_ = step;
    if (runnable()) runNow();
  }

  // The Promise's side.

  void ownByPromise() noexcept { ++promises_; }
  void dropPromise() noexcept {
    checkThread();
    if (--promises_ == 0 && !(fired_ && consumed_)) lastPromiseDropped();
  }

  /// Whether a Promise may still fire it.
  bool mayFire() const noexcept { return !fired_; }

  /// Begins to fire. False when this one call is to be ignored (after a cancel); throws
  /// AlreadyCalledError when it was fired before.
  bool beginFiring(SourceLocation where) {
    checkThread();
    if (fired_) return refuseFiring(where);
    markFired(where);
    return true;
  }

  /// Runs the steps; after `beginFiring` and the storing of a result.
  void fire() {
    if (canceller_ && !cancelling_) releaseCanceller();
    if (head_ || outer_ || !consumed_) runNow();
  }

  /// For `succeed`, `fail` and coroutines: no Promise will fire it.
  void markFired(SourceLocation where) noexcept {
    fired_ = true;
    setFiredAt(where);
  }

  /// For the view of what is pending, where there is no canceller: `what` must live until this is
  /// fired, or its Promises are gone.
  void describeBy(const WaitDescription& what) noexcept;

  /// Takes over a canceller in memory of `BlockPool::take(bytes)`.
  void setCanceller(void* canceller, std::size_t bytes, const CancellerOps* ops) noexcept;

  // The Deferred's side.

  /// The Deferred is taken: once, else std::logic_error.
  void ownByConsumer() {
    checkThread();
    if (taken_) refuseSecondConsumer();
    taken_ = consumed_ = true;
  }
  void dropConsumer() noexcept;
  void cancel(SourceLocation where) noexcept;
  /// REQUIRES: the caller is the consumer, and is so no more.
  void discard() noexcept;
  void pause() noexcept {
    checkThread();
    ++pauses_;
  }
  void unpause();
  void setName(std::string_view name);
  std::string_view name() const noexcept;
  Anchor* takeAnchor();
  static void dropAnchor(Anchor* anchor) noexcept;
  std::string describe(std::string_view value) const;

  // The coroutine's side.

  void beginFrame(std::coroutine_handle<> frame) noexcept {
    frame_ = frame.address();
    running_ = true;
    fired_ = true;
  }
  /// The body waits on the inner.
  void suspendFrame(SourceLocation where) noexcept {
    setFiredAt(where);
    running_ = false;
  }
  /// The body is at its end: destroys the frame, then lets the chain go on. `answer`: the chain of
  /// a Deferred that was co_returned, or null.
  void endFrame(Chain* answer) noexcept;
  /// The inner that the body waited on, now finished and owned by the caller, as its consumer.
  Chain* takeInner() noexcept {
    Chain* inner = std::exchange(inner_, nullptr);
    inner->outer_ = nullptr;
    return inner;
  }
  /// The failure of `awaited` is thrown in the body at `where`.
  void failedAt(SourceLocation where, const Chain& awaited) noexcept;

 private:
  friend class Turn;
  friend class PendingView;
  struct [[gnu::visibility("hidden")]] Block;
  class [[gnu::visibility("hidden")]] Running;
  class [[gnu::visibility("hidden")]] Firing;

  explicit Chain(SourceLocation made) noexcept
      : madeFile_(made.file), firedFile_(made.file), madeLine_(made.line), firedLine_(made.line) {}
  ~Chain() = default;

  bool hasResult() const noexcept { return state_ == State::kValue || state_ == State::kFailure; }
  bool runnable() const noexcept {
    return hasResult() && !(running_ || queued_ || discarded_) && !(pauses_ | bits(frame_));
  }
  // Its steps do not go on.
  bool interrupted() const noexcept {
    return discarded_ || (pauses_ | bits(inner_) | bits(nextInLine_));
  }
  // So that several are asked at once whether all are null.
  static std::uintptr_t bits(const void* at) noexcept {
    return reinterpret_cast<std::uintptr_t>(at);
  }
  void setFiredAt(SourceLocation where) noexcept {
    firedFile_ = where.file;
    firedLine_ = where.line;
  }

  void runNow();
  static void run(Chain* chain);
  static void runFired(Chain& first);
  Chain* runSteps();
  Chain* resumeFrame();
  Chain* goOn() { return interrupted() ? stop() : finish(); }
  Chain* stop();
  Chain* finish();
  Chain* takeFromLine() noexcept;
  void runStep();
  void runFailed(Step& step);
  void callStep(Step& step);
  void callWatched(Step& step);
  void resumeBody();
  void resumeWatched();
  void popStep() noexcept {
    Step* step = head_;
    const bool lastInBlock = step->lastInBlock;
    head_ = step->next;
    if (step->ops->destroy) step->ops->destroy(*step);
    if (lastInBlock) freeBlockOf(step);
    if (!head_) rewindArena();
  }
  void freeBlockOf(const Step* step) noexcept;
  void dropKept() noexcept;
  Chain* handOver() noexcept;
  void moveResultFrom(Chain& other) noexcept;
  static Chain* collapse(Chain* chain) noexcept;
  bool wouldCycle(const Chain& inner) const noexcept {
    return this == &inner || (outer_ && inner.inner_ && endsMeet(inner));
  }
  bool endsMeet(const Chain& inner) const noexcept;
  void refuseCycle(Chain* inner);
  void failOuter(Failure failure) noexcept;

  bool cancels() const noexcept { return canceller_ && cancellerOps_->cancel; }
  void cancelHere(SourceLocation where) noexcept;
  void forwardCancel() noexcept;
  std::optional<Failure> callCanceller(bool discarding) noexcept;
  void releaseCanceller() noexcept;
  void finishDiscard() noexcept;
  void dismantle() noexcept;

  bool refuseFiring(SourceLocation where);
  void lastPromiseDropped() noexcept;
  bool kept() const noexcept {
    return (consumed_ || running_ || queued_ || buried_) || (pins_ | bits(inner_) | bits(frame_));
  }
  void release() noexcept {
    if (!kept()) releaseUnkept();
  }
  void releaseUnkept() noexcept;
  bool hasTrivialValue() const noexcept {
    return state_ == State::kValue && !head_ && !valueOps_->destroy;
  }
  bool holdsOnlyValue() const noexcept;
  void endWithValue() noexcept;
  void endWithObject() noexcept;
  void promisesGone() noexcept;
  void endUnseen() noexcept;
  void reportFailure(const Failure& failure) const noexcept;
  ChainNotes& notes();
  void noteWay(WayPoint point) noexcept;
  void forgetWay() noexcept;
  void takeWayOf(const Chain& other, WayPoint then) noexcept;
  [[noreturn]] void refuseSecondConsumer() const;
  static void bury(Chain& chain) noexcept;
  static void endBurying() noexcept;
  bool holdsObjects() const noexcept;
  void destroy() noexcept;
  void forget() noexcept;
  void dropSteps() noexcept;

  // Each size is a multiple of it.
  static constexpr std::size_t kStepAlignment = alignof(Step);

  void* takeStepMemory(std::size_t bytes, std::size_t alignment) {
    std::byte* at = alignment > kStepAlignment ? alignedUp(bump_, alignment) : bump_;
    if (at + bytes > bumpEnd_) return takeStepMemoryElsewhere(bytes);
    bump_ = at + bytes;
    return at;
  }
  void* takeStepMemoryElsewhere(std::size_t bytes);
  void freeFirstExtra() noexcept;
  void freeExtras() noexcept;
  void rewindArena() noexcept {
    if (firstExtra_) freeExtras();
    bump_ = arena();
  }
  std::byte* arena() noexcept { return reinterpret_cast<std::byte*>(this) + sizeof(Chain); }
  std::byte* arenaEnd() noexcept { return reinterpret_cast<std::byte*>(this) + kBlockBytes; }
  static std::byte* alignedUp(std::byte* at, std::size_t alignment) noexcept {
    return at + (-reinterpret_cast<std::uintptr_t>(at) & (alignment - 1));
  }

  // Ends the program where another thread uses this, in what is compiled without NDEBUG.
  void checkThread() const noexcept {
#ifndef NDEBUG
    requireOwnThread();
#endif
  }
  void requireOwnThread() const noexcept;
  void link() noexcept;
  void unlink() noexcept;
  static Chain* firstOfThread() noexcept;

  State state_ = State::kPending;
  bool fired_ : 1 = false;       // by a Promise, or there is none to do it
  bool taken_ : 1 = false;       // a Deferred was made of it
  bool consumed_ : 1 = false;    // a Deferred, an outer or an awaiter has it
  bool running_ : 1 = false;     // its steps or its coroutine's body are on the stack
  bool queued_ : 1 = false;      // on the thread's list of ready chains
  bool discarded_ : 1 = false;   // no step will run any more
  bool cancelling_ : 1 = false;  // its canceller is on the stack
  bool forgiveOne_ : 1 = false;  // one firing after a cancel is ignored
  bool kept_ : 1 = false;  // the first step has run and lives until the inner's coroutine ends
  bool buried_ : 1 = false;
  std::uint8_t pins_ = 0;  // this function is still going to use it
  std::uint32_t pauses_ = 0;
  std::uint32_t promises_ = 0;
  std::uint32_t cancellerBytes_ = 0;

  const ValueOps* valueOps_ = nullptr;  // of the result; for kValue and kFailure
  Step* head_ = nullptr;
  Step* tail_ = nullptr;
  std::byte* bump_ = nullptr;  // where the next step goes
  std::byte* bumpEnd_ = nullptr;
  Block* firstExtra_ = nullptr;  // further blocks, in the order of their steps
  Block* lastExtra_ = nullptr;
  Chain* inner_ = nullptr;  // what it waits on
  Chain* outer_ = nullptr;  // who waits on it
  void* frame_ = nullptr;   // the coroutine that will give its result
  void* canceller_ = nullptr;
  const CancellerOps* cancellerOps_ = nullptr;
  Anchor* anchor_ = nullptr;
  ChainNotes* notes_ = nullptr;  // a name, the way of a failure
  // On the thread's list of ready chains, or of those to be destroyed, or of a loop's that have
  // fired others. While it is running, the one that it has just fired.
  Chain* nextInLine_ = nullptr;
  Chain* previousPending_ = nullptr;  // on the thread's list of all chains
  Chain* nextPending_ = nullptr;
  const void* thread_ = nullptr;  // whose it is; checked where the library is built for debugging
  const char* madeFile_;
  const char* firedFile_;  // or where its coroutine waits; at first where it was made
  unsigned madeLine_;
  unsigned firedLine_;
  PendingStamp stamp_;
  alignas(std::max_align_t) std::byte slot_[kSlotBytes];
};

/// Hands it to the report function.
void report(const UnhandledFailure& unhandled) noexcept;

}  // namespace couplet::detail
#pragma GCC visibility pop
