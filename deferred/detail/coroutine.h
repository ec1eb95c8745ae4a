// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Coroutines that return a Deferred, and co_await of Deferreds in them. Included by
// deferred.h.
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <type_traits>
#include <utility>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/detail/step.h>
#include <couplet/deferred/errors.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

/// What the promise of every coroutine has, whatever it answers.
class CoroutineState {
 public:
  Chain& chain() noexcept { return *chain_; }

  /// Remembers the failure that an await throws: when it comes out of the body, its place is known.
  [[noreturn]] void raise(Failure failure) {
    known_ = std::move(failure);
    known_.raise();
  }

  static void* operator new(std::size_t bytes) { return BlockPool::take(bytes); }
  static void operator delete(void* frame, std::size_t bytes) noexcept {
    BlockPool::give(frame, bytes);
  }

 protected:
  Chain* chain_ = nullptr;
  Chain* answer_ = nullptr;  // of a Deferred that was co_returned
  Failure known_{std::exception_ptr()};
};

/// Waits for a Deferred<U>, which it has consumed.
template <class U>
class DeferredAwaiter {
 public:
  DeferredAwaiter(CoroutineState& coroutine, Chain& awaited, SourceLocation where) noexcept
      : coroutine_(coroutine), awaited_(&awaited), where_(where) {}
  DeferredAwaiter(const DeferredAwaiter&) = delete;
  DeferredAwaiter& operator=(const DeferredAwaiter&) = delete;
  ~DeferredAwaiter() {
    if (awaited_) awaited_->dropConsumer();
  }

  bool await_ready() const noexcept { return awaited_->finished(); }

  /// Goes on at once where waiting would be a cycle; await_resume throws then.
  bool await_suspend(std::coroutine_handle<>) noexcept {
    Chain& chain = coroutine_.chain();
    if (!chain.waitOn(*awaited_)) return false;
    awaited_ = nullptr;
    chain.suspendFrame(where_);
    return true;
  }

  U await_resume() {
    if (!awaited_) {
      awaited_ = coroutine_.chain().takeInner();
    } else if (!awaited_->finished()) {
      raiseCycle();
    }
    if (awaited_->state() == Chain::State::kFailure) raiseFailure();
    if constexpr (!std::is_void_v<U>) return U(std::move(*valueIn<U>(awaited_->slot())));
  }

 private:
  [[noreturn, gnu::cold]] void raiseCycle() {
    coroutine_.raise(Failure(DeferredCycleError(awaited_->made(), awaited_->name()), where_));
  }
  [[noreturn, gnu::cold]] void raiseFailure() {
    Failure failure = std::move(*valueIn<Failure>(awaited_->slot()));
    awaited_->clearResult();
    coroutine_.chain().failedAt(where_, *awaited_);
    coroutine_.raise(std::move(failure));
  }

  CoroutineState& coroutine_;
  Chain* awaited_;  // null while it is the chain's inner
  SourceLocation where_;
};

/// `co_await 5` is 5.
template <class V>
struct PlainAwaiter {
  V&& value;
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  V&& await_resume() const noexcept { return std::forward<V>(value); }
};

template <class V>
concept ForeignAwaitable = requires(V&& v) {
  v.await_ready();
}
|| requires(V&& v) { std::forward<V>(v).operator co_await(); };

/// All but the answer.
template <class T>
class CoroutineBase : public CoroutineState {
 public:
  std::suspend_never initial_suspend() const noexcept { return {}; }

  auto final_suspend() noexcept {
    struct End {
      CoroutineBase& self;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<>) const noexcept {
        self.chain_->endFrame(self.answer_);
      }
      void await_resume() const noexcept {}
    };
    return End{*this};
  }

  void unhandled_exception() {
    if (answer_) std::exchange(answer_, nullptr)->dropConsumer();
    chain_->clearResult();
    chain_->storeCurrentException(chain_->made(), &known_);
  }

  template <class U>
  DeferredAwaiter<U> await_transform(Deferred<U>&& deferred,
                                     SourceLocation here = SourceLocation::current()) {
    return {*this, Access::consume(deferred, here), here};
  }
  template <class U>
  DeferredAwaiter<U> await_transform(Deferred<U>& deferred) {
    static_assert(!std::is_same_v<U, U>,
                  "couplet: an await consumes its Deferred: write co_await std::move(deferred)");
    return await_transform(std::move(deferred));
  }
  template <class U>
  DeferredAwaiter<U> await_transform(const Deferred<U>&) {
    static_assert(!std::is_same_v<U, U>,
                  "couplet: an await consumes its Deferred, which a const one does not allow");
    return await_transform(Deferred<U>());
  }
  template <class V>
  PlainAwaiter<V> await_transform(V&& value) const noexcept {
    static_assert(!ForeignAwaitable<V>,
                  "couplet: a coroutine that returns a Deferred awaits Deferreds only");
    return {std::forward<V>(value)};
  }

 protected:
  Deferred<T> begin(std::coroutine_handle<> frame, SourceLocation made) {
    chain_ = Chain::make(made);
    chain_->beginFrame(frame);
    return Access::make<T>(chain_);
  }
};

template <class T>
class CoroutinePromise : public CoroutineBase<T> {
 public:
  Deferred<T> get_return_object(SourceLocation made = SourceLocation::current()) {
    return this->begin(std::coroutine_handle<CoroutinePromise>::from_promise(*this), made);
  }

  /// A value, a Failure, a Result or a Deferred, which is waited for.
  template <class R = T>
  void return_value(R&& answer) {
    constexpr bool kFits = kAnswers<std::remove_cvref_t<R>, T>;
    static_assert(
        kFits,
        "couplet: a coroutine that returns Deferred<T> answers co_return with a T, a Failure, a "
        "Result<T> or a Deferred<T>");
    if constexpr (kFits && kIsDeferred<std::remove_cvref_t<R>>) {
      this->answer_ = &Access::consume(answer, this->chain_->made());
    } else if constexpr (kFits) {
      storeAnswer<T>(*this->chain_, std::forward<R>(answer), this->chain_->made());
    }
  }
};

template <>
class CoroutinePromise<void> : public CoroutineBase<void> {
 public:
  Deferred<void> get_return_object(SourceLocation made = SourceLocation::current());
  void return_void() { chain_->storeValue<Nothing>(chain_->made()); }
};

}  // namespace couplet::detail
#pragma GCC visibility pop
