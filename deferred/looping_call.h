// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Something done again and again. Twisted's task.LoopingCall.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include <couplet/deferred/callable.h>
#include <couplet/deferred/clock.h>
#include <couplet/deferred/deferred.h>

#pragma GCC visibility push(default)
namespace couplet {

namespace detail {
class Looping;
}

/// Calls a function every so often:
///
///     LoopingCall heartbeat(reactor, [&] { session.request<Ack>(Ping()); });
///     heartbeat.start(30s);
///
/// The function answers anything: a value, nothing, a Deferred, or is a coroutine; the next call
/// waits until that has ended. Calls come at multiples of the interval, counted from `start`. Those
/// that would have been due meanwhile are left out, not made up for. The first failure ends it.
///
/// Destroying it is as `stop`, but that a call under way is discarded; the function may do that,
/// too. Belongs to the thread of its clock.
class LoopingCall {
 public:
  /// `f` is called without arguments. `clock` must outlive the last `start`, `stop` and `reset`.
  template <class F>
  LoopingCall(Clock& clock, F f, SourceLocation here = SourceLocation::current());

  /// `f` is called with an int: how many intervals have passed since it was called last; so 1, and
  /// more where calls were left out. An interval of 0 counts as 1.
  template <class F>
  static LoopingCall withCount(Clock& clock, F f, SourceLocation here = SourceLocation::current());

  LoopingCall(const LoopingCall&) = delete;
  LoopingCall& operator=(const LoopingCall&) = delete;
  ~LoopingCall();

  /// Calls it every `interval` from now on, the first time at once, or, unless `now`, after one
  /// interval. 0 means every turn of the reactor. std::invalid_argument for a negative interval;
  /// std::logic_error while it runs, or while a call is under way that `stop` waits for.
  ///
  /// The Deferred fires with this object when it has stopped, or fails with what a call failed
  /// with, or with AbandonedError when the clock is destroyed. Cancelling or discarding it stops
  /// the loop and does the same to the call under way. Dropping it changes nothing.
  Deferred<LoopingCall*> start(Duration interval, bool now = true,
                               SourceLocation here = SourceLocation::current());

  /// No further call. The Deferred of `start` fires, now or when the call under way has ended.
  /// std::logic_error when it does not run.
  void stop();

  /// Counts the intervals from now on: the next call comes one interval from now. Changes nothing
  /// while a call is under way. std::logic_error when it does not run.
  void reset();

  /// From `start` until `stop` or a failure.
  bool running() const noexcept;

  /// The last that was started with; 0 before.
  Duration interval() const noexcept;

 private:
  using Function = Callable<Deferred<void>(int count)>;

  struct Counting {};
  LoopingCall(Counting, Clock& clock, Function f);

  template <class F>
  static Function plain(F f, SourceLocation here);
  template <class F>
  static Function counting(F f, SourceLocation here);
  /// The answer of `call`, without a value.
  template <class F>
  static Deferred<void> begin(F call, SourceLocation here) {
    return maybeDeferred(std::move(call), here).addCallback([](auto&&...) {}, here);
  }

  std::shared_ptr<detail::Looping> looping_;
};

template <class F>
LoopingCall::LoopingCall(Clock& clock, F f, SourceLocation here)
    : LoopingCall(Counting(), clock, plain(std::move(f), here)) {}

template <class F>
LoopingCall LoopingCall::withCount(Clock& clock, F f, SourceLocation here) {
  return LoopingCall(Counting(), clock, counting(std::move(f), here));
}

template <class F>
LoopingCall::Function LoopingCall::plain(F f, SourceLocation here) {
  constexpr bool kFits = std::is_invocable_v<F&>;
  static_assert(kFits, "couplet: the function of a LoopingCall is called without arguments");
  if constexpr (kFits) {
    return [f = std::move(f), here](int) mutable { return begin([&f] { return f(); }, here); };
  }
  return {};
}

template <class F>
LoopingCall::Function LoopingCall::counting(F f, SourceLocation here) {
  constexpr bool kFits = std::is_invocable_v<F&, int>;
  static_assert(kFits, "couplet: the function of LoopingCall::withCount is called with an int");
  if constexpr (kFits) {
    return [f = std::move(f), here](int count) mutable {
      return begin([&f, count] { return f(count); }, here);
    };
  }
  return {};
}

}  // namespace couplet
#pragma GCC visibility pop
