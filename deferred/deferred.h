// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Values that arrive later. A Promise makes and fires; a Deferred is what the consumer chains on,
// with callbacks and errbacks that come in pairs.
//
// - Callbacks run synchronously, in order, when the Promise fires, and never recursively along a
// chain.
// - A failure that nobody handles is reported when the chain ends (report.h); a Promise that is
//   destroyed unfired fails its Deferred. Nothing is lost silently.
// - No heap allocation once the thread has warmed up, but for closures and values past some 256
// bytes.
// - A chain belongs to the thread that made it: results cross threads by `Reactor::callFromThread`.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <couplet/deferred/clock.h>
#include <couplet/deferred/detail/answer.h>
#include <couplet/deferred/detail/chain.h>
#include <couplet/deferred/detail/hold.h>
#include <couplet/deferred/detail/step.h>
#include <couplet/deferred/errors.h>
#include <couplet/deferred/failure.h>
#include <couplet/deferred/result.h>
#include <couplet/deferred/source_location.h>

#pragma GCC visibility push(default)
namespace couplet {

namespace detail {
template <class T>
class CoroutinePromise;
}

/// Cancels a chain that has moved on: consumed by another, or dropped. Copyable; does nothing once
/// the chain has ended. See Deferred::cancelHandle.
class CancelHandle {
 public:
  CancelHandle() noexcept = default;
  explicit CancelHandle(detail::Anchor* anchor) noexcept : anchor_(anchor) {}
  CancelHandle(const CancelHandle& other) noexcept;
  CancelHandle(CancelHandle&& other) noexcept : anchor_(std::exchange(other.anchor_, nullptr)) {}
  CancelHandle& operator=(CancelHandle other) noexcept;
  ~CancelHandle();

  /// As Deferred::cancel on the chain it was taken from.
  void cancel(SourceLocation here = SourceLocation::current()) const noexcept;

 protected:
  detail::Anchor* anchor_ = nullptr;  // counted
};

/// Pauses a chain that has moved on. As CancelHandle otherwise. A paused chain that was dropped
/// goes on living as long as it has such a handle.
class PauseHandle : private CancelHandle {
 public:
  using CancelHandle::CancelHandle;

  void pause() const noexcept;
  /// Throws std::logic_error when the chain is not paused.
  void unpause() const;
};

/// An answer that is not there yet. Move-only, one pointer; a moved-from one is empty, and using it
/// throws a std::logic_error that says where it was consumed.
///
/// On an rvalue the chaining methods consume it and give the Deferred of what comes after, of any
/// type. On an lvalue they extend the chain in place, which keeps its type, and give it back.
///
/// Dropping a pending Deferred detaches it: its callbacks still run when it fires. T is any type
/// that can be moved, or void. In a coroutine that returns a Deferred, `co_await
/// std::move(deferred)` or `co_await get()` gives the value or throws what failed.
template <class T>
class Deferred {
  static_assert(
      detail::kIsPlain<T>,
      "couplet: T of a Deferred is an object type or void, and no Deferred, Result or Failure");

 public:
  using promise_type = detail::CoroutinePromise<T>;

  /// An empty one.
  Deferred() noexcept = default;
  Deferred(Deferred&& other, SourceLocation here = SourceLocation::current()) noexcept
      : hold_(other.hold_.release(here)) {}
  Deferred& operator=(Deferred&& other) noexcept;
  ~Deferred();

  /// Calls `f` with the value when it is there. `f` takes T (or const T&; nothing for void) and
  /// answers a value, nothing, a Result, a Deferred (which the chain then waits for), a Failure, or
  /// throws. A failure passes by.
  template <class F>
  auto addCallback(F f, SourceLocation here = SourceLocation::current()) &&;
  template <class F>
  decltype(auto) addCallback(F f, SourceLocation here = SourceLocation::current()) &;

  /// Calls `f` with the Failure, if it comes to that. `f` takes `const Failure&` and answers a T
  /// (the chain has recovered; nothing for void), a Failure, a Result<T>, a Deferred<T>, or throws.
  /// A value passes by.
  template <class F>
  auto addErrback(F f, SourceLocation here = SourceLocation::current()) &&;
  template <class F>
  decltype(auto) addErrback(F f, SourceLocation here = SourceLocation::current()) &;

  /// Calls `f` with the Result<T>, whichever it is. Answers as those of addCallback.
  template <class F>
  auto addBoth(F f, SourceLocation here = SourceLocation::current()) &&;
  template <class F>
  decltype(auto) addBoth(F f, SourceLocation here = SourceLocation::current()) &;

  /// A pair: one of the two is called. What `callback` throws goes to the next errback, not to this
  /// one. Null in place of one lets its kind of result pass by.
  template <class C, class E>
  auto addCallbacks(C callback, E errback, SourceLocation here = SourceLocation::current()) &&;
  template <class C, class E>
  decltype(auto) addCallbacks(C callback, E errback,
                              SourceLocation here = SourceLocation::current()) &;

  /// Fires `promise` with the result so far, a failure too; what is added after this gets nothing.
  /// Its Deferred belongs to somebody else: cancelling that one does not cancel this, whose result
  /// is then ignored. Callbacks of that one run before those that are added here. Deferreds that
  /// fire one another so, however many, take no more stack than one.
  template <class U>
  auto chainDeferred(Promise<U> promise, SourceLocation here = SourceLocation::current()) &&;
  template <class U>
  decltype(auto) chainDeferred(Promise<U> promise,
                               SourceLocation here = SourceLocation::current()) &;

  /// Cancels what was added before this, when it takes longer than `timeout`; the CancelledError
  /// that comes of it becomes a TimeoutError. `clock` need not outlive the Deferred.
  Deferred addTimeout(Duration timeout, Clock& clock,
                      SourceLocation here = SourceLocation::current()) &&;
  Deferred& addTimeout(Duration timeout, Clock& clock,
                       SourceLocation here = SourceLocation::current()) &;

  /// The same, where `onTimeoutCancel(Result<T>, Duration)` says what a time-out gives: a T or a
  /// Result<T>. It is called after a time-out only, with whatever came of the cancelling.
  template <class F>
  Deferred addTimeout(Duration timeout, Clock& clock, F onTimeoutCancel,
                      SourceLocation here = SourceLocation::current()) &&;
  template <class F>
  Deferred& addTimeout(Duration timeout, Clock& clock, F onTimeoutCancel,
                       SourceLocation here = SourceLocation::current()) &;

  /// Asks the work to stop: calls the canceller of the Promise that the chain waits for; unless it
  /// answers otherwise, the chain fails with CancelledError. Does nothing once fired.
  void cancel(SourceLocation here = SourceLocation::current());

  /// Ends the chain: cancels it, then drops all that still waits, down to the Promise, without
  /// running it; coroutines are destroyed where they wait. Reports nothing.
  void discard(SourceLocation here = SourceLocation::current()) &&;

  /// A handle that cancels this chain wherever it moves to.
  CancelHandle cancelHandle();

  /// Holds the callbacks back, until `unpause` was called as often. Firing meanwhile stores the
  /// result.
  void pause() { use().pause(); }
  /// Throws std::logic_error without a pause before.
  void unpause() { use().unpause(); }
  /// A handle that can do so wherever this chain moves to.
  PauseHandle pauseHandle();

  /// Gives the chain a name for reports and lists of what is pending.
  Deferred named(std::string_view name, SourceLocation here = SourceLocation::current()) &&;
  Deferred& named(std::string_view name) &;

  /// Whether there is a chain: false for a default-made or moved-from one.
  explicit operator bool() const noexcept { return hold_.get() != nullptr; }

  /// The value, if it is there already and no callback is left that may change it; else null, so
  /// also for a failure. It may be moved from; the pointer is valid until this gets a callback, is
  /// moved from or destroyed. For one who goes on at once where that is possible; others add a
  /// callback. Twisted's `result`.
  std::add_pointer_t<T> readyValue() const;

  /// For people: where it was made, its result if it has one, what it waits on. A value is shown
  /// when it is a number or text.
  std::string toString() const;

 private:
  friend struct detail::Access;

  explicit Deferred(detail::Hold hold) noexcept : hold_(hold) {}
  detail::Chain& use() const { return hold_.use(); }

  template <class U, class Step, class... Closures>
  Deferred<U> moveOn(SourceLocation here, Closures&&... closures);
  template <class Step, class... Closures>
  Deferred& stay(SourceLocation here, Closures&&... closures);

  detail::Hold hold_;
};

/// Prints `toString()`.
template <class T>
std::ostream& operator<<(std::ostream& out, const Deferred<T>& deferred);

/// Makes a Deferred and fires it. Move-only. One that is destroyed unfired fails its Deferred with
/// AbandonedError; one whose `deferred()` was never taken dies silently.
///
/// A Promise that is a member was made, as reports have it, at its class's constructor: give it a
/// location, or its Deferred a name. One that is kept in a closure of its own chain never dies.
template <class T>
class Promise {
  static_assert(
      detail::kIsPlain<T>,
      "couplet: T of a Promise is an object type or void, and no Deferred, Result or Failure");

 public:
  Promise(SourceLocation here = SourceLocation::current());

  /// With a canceller: called by `cancel`, at most once, to stop the work. It takes nothing, or the
  /// `Promise<T>&` to fire it with another answer; if it does not fire, CancelledError follows.
  /// What it throws becomes the failure. It is destroyed when the Promise fires. One that has a
  /// `std::string waitsFor() const` is asked by the view of what is pending: `the answer of job 7`.
  template <class F>
  requires(std::is_invocable_v<F&> || std::is_invocable_v<F&, Promise<T>&>) explicit Promise(
      F canceller, SourceLocation here = SourceLocation::current())
      : Promise(here) {
    detail::installCanceller<detail::Canceller<Promise, F>>(*chain_, std::move(canceller));
  }

  Promise(Promise&& other) noexcept : chain_(std::exchange(other.chain_, nullptr)) {}
  Promise& operator=(Promise&& other) noexcept;
  ~Promise();

  /// The Deferred, once; std::logic_error when it was taken before.
  [[nodiscard]] Deferred<T> deferred();

  /// Fires it with a value, a Failure or a Result<T>, and runs the callbacks before it returns.
  /// AlreadyCalledError when it was fired before; after a cancel one call is ignored.
  template <class V = T>
  void callback(V&& value, SourceLocation here = SourceLocation::current());
  void callback(SourceLocation here = SourceLocation::current()) requires std::is_void_v<T>;

  /// Fires it with a Failure, an exception or a std::exception_ptr. As `callback` otherwise.
  template <class E>
  void errback(E&& error, SourceLocation here = SourceLocation::current());

  /// Fires it with the exception that is being handled; std::logic_error outside of a catch block.
  void errback(SourceLocation here = SourceLocation::current());

  /// Who looks at what is pending (pending.h) will be told `what` this waits for. `what` must live
  /// until this is fired or destroyed. Nothing is done for a Promise that was fired, or that has a
  /// canceller.
  void describeBy(const WaitDescription& what) const { use().describeBy(what); }

  /// Whether it may still be fired.
  bool pending() const noexcept { return chain_ && chain_->mayFire(); }

 private:
  friend struct detail::Access;
  template <class P, class F>
  friend struct detail::Canceller;

  explicit Promise(detail::Chain* chain) noexcept : chain_(chain) { chain_->ownByPromise(); }
  detail::Chain& use() const;

  detail::Chain* chain_;  // null in a moved-from one
};

/// A Deferred that has fired with `value`.
template <class V>
[[nodiscard]] Deferred<std::decay_t<V>> succeed(V&& value,
                                                SourceLocation here = SourceLocation::current());
[[nodiscard]] Deferred<void> succeed(SourceLocation here = SourceLocation::current());

/// A Deferred<T> that has failed with `error`: an exception or a Failure.
template <class T, class E>
[[nodiscard]] Deferred<T> fail(E&& error, SourceLocation here = SourceLocation::current());

/// The Deferred of what `f()` answers: a value, a Failure or what it throws make a fired one; a
/// Deferred is waited for. Never throws. `f` lives as long as a coroutine that it is.
template <class F>
auto maybeDeferred(F f, SourceLocation here = SourceLocation::current());

}  // namespace couplet
#pragma GCC visibility pop

#include <couplet/deferred/detail/coroutine.h>     // IWYU pragma: export
#include <couplet/deferred/detail/deferred_inl.h>  // IWYU pragma: export
#include <couplet/deferred/detail/timeout_inl.h>   // IWYU pragma: export
