// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The bodies of deferred.h, which includes this.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <couplet/deferred/deferred.h>

#pragma GCC visibility push(default)
namespace couplet {

namespace detail {

/// A value as Deferred::toString shows it.
template <class T>
std::string textOfValue(const T& value) {
  if constexpr (std::is_same_v<T, Nothing>) {
    return "nothing";
  } else if constexpr (std::is_arithmetic_v<T>) {
    return std::to_string(value);
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    return std::string(std::string_view(value));
  } else {
    return "a value";
  }
}

// Each check is one error with what to write instead; where it fails, the method gives a Mistaken.

template <class F, class T>
constexpr bool checkCallback() {
  static_assert(kTakesValue<F, T>,
                "couplet: a callback takes what the Deferred<T> gives: write [](T value) {...} or "
                "[](const T& value) {...}, and [] {...} for Deferred<void>");
  return kTakesValue<F, T>;
}

template <class F, class T>
constexpr bool checkBoth() {
  static_assert(
      kTakesResult<F, T>,
      "couplet: the function of addBoth takes a Result: write [](Result<T> result) {...}");
  return kTakesResult<F, T>;
}

template <class F, class U>
constexpr bool checkErrback() {
  if constexpr (!kTakesFailure<F>) {
    static_assert(kTakesFailure<F>,
                  "couplet: an errback takes the failure: write [](const Failure& failure) {...}");
  } else {
    static_assert(
        kErrbackAnswers<F, U>,
        "couplet: an errback answers what the chain goes on with: return a T, a Failure, a "
        "Result<T> or a Deferred<T>, and nothing only on Deferred<void>; one that always "
        "throws is written [](const Failure& failure) -> Failure {...}");
  }
  return kErrbackAnswers<F, U>;
}

template <class U, class T>
constexpr bool checkSameType() {
  static_assert(std::is_same_v<U, T>,
                "couplet: this changes the type of the chain, which an lvalue cannot: write "
                "auto next = std::move(deferred).addCallback(...), or return a T");
  return std::is_same_v<U, T>;
}

template <class U, class T>
constexpr bool checkPromise() {
  static_assert(std::is_same_v<U, T>,
                "couplet: chainDeferred of a Deferred<T> fires a Promise<T>: write "
                "std::move(deferred).addCallback(...).chainDeferred(std::move(promise)), where the "
                "callback makes one of the other");
  return std::is_same_v<U, T>;
}

/// Whether a pair fits a Deferred<T>, and what it goes on with. Null stands for no function.
template <class C, class E, class T>
struct Pair {
  static constexpr bool kCalls = !std::is_same_v<C, std::nullptr_t>;
  static constexpr bool kErrs = !std::is_same_v<E, std::nullptr_t>;
  using Callback = std::conditional_t<kCalls, C, PassBy>;
  using Errback = std::conditional_t<kErrs, E, PassBy>;

  static constexpr auto next() {
    if constexpr (kCalls) {
      return NextOf<C, T>();
    } else {
      return std::type_identity<T>();
    }
  }
  static constexpr bool check() {
    bool fits = true;
    if constexpr (kCalls) fits = checkCallback<C, T>();
    if constexpr (kErrs) {
      if constexpr (!kCalls || kTakesValue<C, T>) {
        using Found = decltype(next());
        fits = checkErrback<E, typename NextType<Found>::Type>() && fits;
      }
    }
    return fits;
  }
  template <class N>
  struct NextType {
    using Type = typename N::Type;
  };
  template <class N>
  struct NextType<std::type_identity<N>> {
    using Type = N;
  };
  using Next = typename NextType<decltype(next())>::Type;
  using Step = PairStep<T, Next, Callback, Errback>;

  template <class F>
  static auto given(F&& f) {
    if constexpr (std::is_same_v<std::remove_cvref_t<F>, std::nullptr_t>) {
      return PassBy();
    } else {
      return std::forward<F>(f);
    }
  }
};

}  // namespace detail

// Deferred

template <class T>
Deferred<T>& Deferred<T>::operator=(Deferred&& other) noexcept {
  if (this != &other) Deferred(std::move(other)).hold_.swap(hold_);
  return *this;
}

template <class T>
Deferred<T>::~Deferred() {
  if (detail::Chain* chain = hold_.get()) chain->dropConsumer();
}

template <class T>
template <class U, class Step, class... Closures>
Deferred<U> Deferred<T>::moveOn(SourceLocation here, Closures&&... closures) {
  detail::Chain& chain = hold_.consume(here);
  Deferred<U> next = detail::Access::wrap<U>(chain);
  chain.addStep<Step>(here, std::forward<Closures>(closures)...);
  return next;
}

template <class T>
template <class Step, class... Closures>
Deferred<T>& Deferred<T>::stay(SourceLocation here, Closures&&... closures) {
  use().template addStep<Step>(here, std::forward<Closures>(closures)...);
  return *this;
}

template <class T>
template <class F>
auto Deferred<T>::addCallback(F f, SourceLocation here) && {
  return std::move(*this).addCallbacks(std::move(f), nullptr, here);
}

template <class T>
template <class F>
decltype(auto) Deferred<T>::addCallback(F f, SourceLocation here) & {
  return addCallbacks(std::move(f), nullptr, here);
}

template <class T>
template <class F>
auto Deferred<T>::addErrback(F f, SourceLocation here) && {
  return std::move(*this).addCallbacks(nullptr, std::move(f), here);
}

template <class T>
template <class F>
decltype(auto) Deferred<T>::addErrback(F f, SourceLocation here) & {
  return addCallbacks(nullptr, std::move(f), here);
}

template <class T>
template <class C, class E>
auto Deferred<T>::addCallbacks(C callback, E errback, SourceLocation here) && {
  using Pair = detail::Pair<C, E, T>;
  if constexpr (Pair::check()) {
    return moveOn<typename Pair::Next, typename Pair::Step>(here, Pair::given(std::move(callback)),
                                                            Pair::given(std::move(errback)));
  } else {
    return detail::Mistaken();
  }
}

template <class T>
template <class C, class E>
decltype(auto) Deferred<T>::addCallbacks(C callback, E errback, SourceLocation here) & {
  using Pair = detail::Pair<C, E, T>;
  if constexpr (!Pair::check()) {
    return detail::Mistaken();
  } else if constexpr (!detail::checkSameType<typename Pair::Next, T>()) {
    return detail::Mistaken();
  } else {
    return stay<typename Pair::Step>(here, Pair::given(std::move(callback)),
                                     Pair::given(std::move(errback)));
  }
}

template <class T>
template <class F>
auto Deferred<T>::addBoth(F f, SourceLocation here) && {
  if constexpr (detail::checkBoth<F, T>()) {
    using U = typename detail::NextOfBoth<F, T>::Type;
    return moveOn<U, detail::BothStep<T, U, F>>(here, std::move(f));
  } else {
    return detail::Mistaken();
  }
}

template <class T>
template <class F>
decltype(auto) Deferred<T>::addBoth(F f, SourceLocation here) & {
  if constexpr (!detail::checkBoth<F, T>()) {
    return detail::Mistaken();
  } else if constexpr (!detail::checkSameType<typename detail::NextOfBoth<F, T>::Type, T>()) {
    return detail::Mistaken();
  } else {
    return stay<detail::BothStep<T, T, F>>(here, std::move(f));
  }
}

template <class T>
template <class U>
auto Deferred<T>::chainDeferred(Promise<U> promise, SourceLocation here) && {
  if constexpr (detail::checkPromise<U, T>()) {
    detail::Access::use(promise);
    return moveOn<void, detail::FireStep<T>>(here, std::move(promise));
  } else {
    return detail::Mistaken();
  }
}

template <class T>
template <class U>
decltype(auto) Deferred<T>::chainDeferred(Promise<U> promise, SourceLocation here) & {
  if constexpr (!detail::checkPromise<U, T>()) {
    return detail::Mistaken();
  } else if constexpr (!detail::checkSameType<void, T>()) {
    return detail::Mistaken();
  } else {
    detail::Access::use(promise);
    return stay<detail::FireStep<T>>(here, std::move(promise));
  }
}

template <class T>
void Deferred<T>::cancel(SourceLocation here) {
  use().cancel(here);
}

template <class T>
void Deferred<T>::discard(SourceLocation here) && {
  hold_.consume(here).discard();
}

template <class T>
CancelHandle Deferred<T>::cancelHandle() {
  return CancelHandle(use().takeAnchor());
}

template <class T>
PauseHandle Deferred<T>::pauseHandle() {
  return PauseHandle(use().takeAnchor());
}

template <class T>
Deferred<T> Deferred<T>::named(std::string_view name, SourceLocation here) && {
  use().setName(name);
  return Deferred(std::move(*this), here);
}

template <class T>
Deferred<T>& Deferred<T>::named(std::string_view name) & {
  use().setName(name);
  return *this;
}

template <class T>
std::add_pointer_t<T> Deferred<T>::readyValue() const {
  detail::Chain& chain = use();
  const bool ready = chain.finished() && chain.state() == detail::Chain::State::kValue;
  return ready ? detail::valueIn<detail::Stored<T>>(chain.slot()) : nullptr;
}

template <class T>
std::string Deferred<T>::toString() const {
  detail::Chain* chain = hold_.get();
  if (!chain) return "<empty Deferred>";
  if (!chain->hasValueOfConsumer()) return chain->describe("");
  return chain->describe(detail::textOfValue(*detail::valueIn<detail::Stored<T>>(chain->slot())));
}

template <class T>
std::ostream& operator<<(std::ostream& out, const Deferred<T>& deferred) {
  return out << deferred.toString();
}

// Promise

template <class T>
Promise<T>::Promise(SourceLocation here) : Promise(detail::Chain::make(here)) {}

template <class T>
Promise<T>& Promise<T>::operator=(Promise&& other) noexcept {
  Promise taken(std::move(other));
  std::swap(taken.chain_, chain_);
  return *this;
}

template <class T>
Promise<T>::~Promise() {
  if (chain_) chain_->dropPromise();
}

template <class T>
detail::Chain& Promise<T>::use() const {
  if (!chain_) throw std::logic_error("couplet: this Promise is empty: it was moved from");
  return *chain_;
}

template <class T>
Deferred<T> Promise<T>::deferred() {
  return detail::Access::make<T>(&use());
}

template <class T>
template <class V>
void Promise<T>::callback(V&& value, SourceLocation here) {
  using Value = std::remove_cvref_t<V>;
  if constexpr (detail::kIsDeferred<Value>) {
    static_assert(!detail::kIsDeferred<Value>,
                  "couplet: a Promise fires with a value, and not with a Deferred: write "
                  "std::move(deferred).addCallback(...) to fire it when that one does");
  } else if constexpr (std::is_same_v<Value, Failure>) {
    errback(std::forward<V>(value), here);
  } else {
    constexpr bool kFits =
        std::is_same_v<Value, Result<T>> || (!std::is_void_v<T> && std::is_convertible_v<V, T>);
    static_assert(kFits,
                  "couplet: callback() takes a T, a Failure or a Result<T>, and nothing for "
                  "Promise<void>");
    if constexpr (kFits) {
      detail::Chain& chain = use();
      if (!chain.beginFiring(here)) return;
      detail::storeAnswer<T>(chain, std::forward<V>(value), here);
      chain.fire();
    }
  }
}

template <class T>
void Promise<T>::callback(SourceLocation here) requires std::is_void_v<T> {
  detail::Chain& chain = use();
  if (!chain.beginFiring(here)) return;
  chain.storeValue<detail::Nothing>(here);
  chain.fire();
}

namespace detail {

inline const Failure& asFailure(const Failure& failure, SourceLocation) { return failure; }
inline Failure asFailure(const std::exception_ptr& error, SourceLocation here) {
  return Failure(error, here);
}
template <class E>
Failure asFailure(E&& error, SourceLocation here) {
  if constexpr (std::is_convertible_v<E, const Failure&>) {
    return std::forward<E>(error);
  } else {
    return Failure(std::forward<E>(error), here);
  }
}

}  // namespace detail

template <class T>
template <class E>
void Promise<T>::errback(E&& error, SourceLocation here) {
  detail::Chain& chain = use();
  if (!chain.beginFiring(here)) return;
  chain.storeFailure(detail::asFailure(std::forward<E>(error), here));
  chain.fire();
}

template <class T>
void Promise<T>::errback(SourceLocation here) {
  std::exception_ptr error = std::current_exception();
  if (!error) throw std::logic_error("couplet: errback() without an exception being handled");
  errback(Failure(std::move(error), here), here);
}

// Functions

template <class V>
Deferred<std::decay_t<V>> succeed(V&& value, SourceLocation here) {
  detail::Chain* chain = detail::Chain::make(here);
  chain->markFired(here);
  Deferred<std::decay_t<V>> deferred = detail::Access::make<std::decay_t<V>>(chain);
  chain->storeValue<std::decay_t<V>>(here, std::forward<V>(value));
  return deferred;
}

template <class T, class E>
Deferred<T> fail(E&& error, SourceLocation here) {
  detail::Chain* chain = detail::Chain::make(here);
  chain->markFired(here);
  Deferred<T> deferred = detail::Access::make<T>(chain);
  chain->storeFailure(detail::asFailure(std::forward<E>(error), here));
  return deferred;
}

template <class F>
auto maybeDeferred(F f, SourceLocation here) {
  return succeed(here).addCallback(std::move(f), here);
}

}  // namespace couplet
#pragma GCC visibility pop
