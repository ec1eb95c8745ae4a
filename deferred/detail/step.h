// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The typed steps of a chain: a closure is called with the result so far, and its answer
// becomes the next one.
#pragma once

#include <concepts>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include <couplet/deferred/detail/answer.h>
#include <couplet/deferred/detail/chain.h>
#include <couplet/deferred/detail/hold.h>
#include <couplet/deferred/detail/waiting_for.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

/// Reaches into Deferreds, for the internals.
struct Access {
  template <class T>
  static Deferred<T> make(Chain* chain) {
    chain->ownByConsumer();
    return Deferred<T>(Hold(chain));
  }
  /// The Deferred of a chain whose consumer's part was consumed.
  template <class T>
  static Deferred<T> wrap(Chain& chain) {
    return Deferred<T>(Hold(&chain));
  }
  template <class T>
  static Chain& use(const Deferred<T>& deferred) {
    return deferred.hold_.use();
  }
  template <class T>
  static Chain& use(const Promise<T>& promise) {
    return promise.use();
  }
  /// Null in a moved-from one.
  template <class T>
  static const Chain* chainOf(const Promise<T>& promise) noexcept {
    return promise.chain_;
  }
  template <class T>
  static Chain& take(Deferred<T>& deferred) {
    return deferred.hold_.take();
  }
  template <class T>
  static Chain& consume(Deferred<T>& deferred, SourceLocation where) {
    return deferred.hold_.consume(where);
  }
};

/// In place of the callback or errback that a step has not.
struct PassBy {};

template <class U, class R>
void storeAnswer(Chain& chain, R&& answer, SourceLocation where) {
  using Answer = std::remove_cvref_t<R>;
  if constexpr (kIsDeferred<Answer>) {
    chain.adopt(&Access::take(answer));
  } else if constexpr (std::is_same_v<Answer, Failure>) {
    chain.storeFailure(std::forward<R>(answer));
  } else if constexpr (kIsResult<Answer>) {
    if (!answer.hasValue()) {
      chain.storeFailure(std::forward<R>(answer).failure());
    } else if constexpr (std::is_void_v<U>) {
      chain.storeValue<Nothing>(where);
    } else {
      chain.storeValue<U>(where, std::forward<R>(answer).value());
    }
  } else {
    chain.storeValue<U>(where, std::forward<R>(answer));
  }
}

/// Calls `f(args...)`, which refer to the chain's result or not, and puts the answer in its place.
template <class U, class F, class... Args>
void callAndStore(Chain& chain, SourceLocation where, const Failure* known, F& f, Args&&... args) {
  try {
    using Answer = std::decay_t<std::invoke_result_t<F&, Args...>>;
    if constexpr (std::is_void_v<Answer>) {
      std::invoke(f, std::forward<Args>(args)...);
      chain.clearResult();
      chain.storeValue<Nothing>(where);
    } else {
      Answer answer(std::invoke(f, std::forward<Args>(args)...));
      chain.clearResult();
      storeAnswer<U>(chain, std::move(answer), where);
    }
  } catch (...) {
    chain.clearResult();
    chain.storeCurrentException(where, known);
  }
}

template <class T, class U, class F>
void answerValue(Chain& chain, SourceLocation where, F& f) {
  if constexpr (std::is_void_v<T>) {
    callAndStore<U>(chain, where, nullptr, f);
  } else {
    callAndStore<U>(chain, where, nullptr, f, std::move(*valueIn<T>(chain.slot())));
  }
}

template <class U, class F>
void answerFailure(Chain& chain, SourceLocation where, F& f) {
  Failure failure = std::move(*valueIn<Failure>(chain.slot()));
  chain.clearResult();
  callAndStore<U>(chain, where, &failure, f, std::as_const(failure));
}

/// The result, moved out of the chain. What the move throws becomes the failure.
template <class T>
Result<T> takeResult(Chain& chain) {
  if (chain.state() == Chain::State::kFailure) {
    Failure failure = std::move(*valueIn<Failure>(chain.slot()));
    chain.clearResult();
    return failure;
  }
  if constexpr (std::is_void_v<T>) {
    chain.clearResult();
    return {};
  } else {
    Result<T> result(std::move(*valueIn<T>(chain.slot())));
    chain.clearResult();
    return result;
  }
}

template <class T, class U, class F>
void answerResult(Chain& chain, SourceLocation where, F& f) {
  try {
    Result<T> result = takeResult<T>(chain);
    std::optional<Failure> known;
    if (!result) known = result.failure();
    callAndStore<U>(chain, where, known ? &*known : nullptr, f, std::move(result));
  } catch (...) {
    chain.clearResult();
    chain.storeCurrentException(where);
  }
}

/// A callback for T that makes U, an errback for either, or one of the two.
template <class T, class U, class Callback, class Errback>
struct PairStep : Step {
  static constexpr bool kCalls = !std::is_same_v<Callback, PassBy>;
  static constexpr bool kErrs = !std::is_same_v<Errback, PassBy>;

  template <class C, class E>
  PairStep(SourceLocation attached, C&& c, E&& e)
      : Step(&kOps, attached), callback(std::forward<C>(c)), errback(std::forward<E>(e)) {}

  static void run(Step& step, Chain& chain) {
    auto& self = static_cast<PairStep&>(step);
    if (chain.state() == Chain::State::kValue) {
      if constexpr (kCalls) answerValue<T, U>(chain, self.attached(), self.callback);
    } else {
      if constexpr (kErrs) answerFailure<U>(chain, self.attached(), self.errback);
    }
  }

  static void destroy(Step& step) noexcept { static_cast<PairStep&>(step).~PairStep(); }

  static constexpr StepOps kOps = {
      &run,
      std::is_trivially_destructible_v<Callback>&& std::is_trivially_destructible_v<Errback>
          ? nullptr
          : &destroy,
      kCalls, kErrs};

  [[no_unique_address]] Callback callback;
  [[no_unique_address]] Errback errback;
};

/// A function for either, given a Result.
template <class T, class U, class F>
struct BothStep : Step {
  template <class G>
  BothStep(SourceLocation attached, G&& g) : Step(&kOps, attached), f(std::forward<G>(g)) {}

  static void run(Step& step, Chain& chain) {
    answerResult<T, U>(chain, step.attached(), static_cast<BothStep&>(step).f);
  }

  static void destroy(Step& step) noexcept { static_cast<BothStep&>(step).~BothStep(); }

  static constexpr StepOps kOps = {&run, std::is_trivially_destructible_v<F> ? nullptr : &destroy,
                                   true, true};

  [[no_unique_address]] F f;
};

/// Fires a Promise with the result so far.
template <class T>
struct FireStep : Step {
  FireStep(SourceLocation attached, Promise<T>&& p)
      : Step(&kOps, attached), promise(std::move(p)) {}

  static void run(Step& step, Chain& chain) {
    try {
      chain.fireOther(Access::use(static_cast<FireStep&>(step).promise), step.attached());
    } catch (...) {
      chain.clearResult();
      chain.storeCurrentException(step.attached());
    }
  }

  static void destroy(Step& step) noexcept { static_cast<FireStep&>(step).~FireStep(); }

  static const Chain* fires(const Step& step) noexcept {
    return Access::chainOf(static_cast<const FireStep&>(step).promise);
  }

  static constexpr StepOps kOps = {&run, &destroy, true, true, &fires};

  Promise<T> promise;
};

/// A canceller that can say for people what it would stop: `a timer that is due in 3 s`.
template <class F>
concept SaysWhatItWaitsFor = requires(const F& f) {
  { f.waitsFor() } -> std::convertible_to<std::string>;
};

/// What stops the work behind a Promise<T>: called with nothing, or with the Promise, to fire it.
template <class P, class F>
struct Canceller {
  F f;

  static void cancel(void* self, Chain& chain) {
    F& f = static_cast<Canceller*>(self)->f;
    if constexpr (std::is_invocable_v<F&, P&>) {
      P promise(&chain);
      f(promise);
    } else {
      f();
    }
  }
  static void destroy(void* self) noexcept { static_cast<Canceller*>(self)->~Canceller(); }

  static void waitsFor(const void* self, WaitingFor& waiting) {
    if constexpr (SaysWhatItWaitsFor<F>) {
      waiting.say(static_cast<const Canceller*>(self)->f.waitsFor());
    }
  }

  static constexpr CancellerOps kOps = {&cancel, nullptr, &destroy, false,
                                        SaysWhatItWaitsFor<F> ? &waitsFor : nullptr};
};

template <class C, class... Args>
void installCanceller(Chain& chain, Args&&... args) {
  static_assert(alignof(C) <= alignof(std::max_align_t), "couplet: over-aligned canceller");
  void* memory = BlockPool::take(sizeof(C));
  try {
    ::new (memory) C{std::forward<Args>(args)...};
  } catch (...) {
    BlockPool::give(memory, sizeof(C));
    throw;
  }
  chain.setCanceller(memory, sizeof(C), &C::kOps);
}

}  // namespace couplet::detail
#pragma GCC visibility pop
