// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// To other threads and back. Twisted's twisted.internet.threads.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <couplet/deferred/callable.h>
#include <couplet/deferred/deferred.h>
#include <couplet/reactor/reactor.h>
#include <couplet/reactor/thread_pool.h>

#pragma GCC visibility push(default)
namespace couplet {

/// Calls `f()` in a thread of `pool`, and fires with what it returns, or fails with what it throws,
/// on the reactor's thread:
///
///     ThreadPool pool(reactor);
///     deferToThread(pool, [file] { return readPoem(file); }).addCallback(print);
///
/// `f` answers a value, nothing, a Result or a Failure; no Deferred, which belongs to the thread
/// that made it. It is destroyed in the thread, as soon as it has returned; so it owns what it
/// uses. Fails with ThreadPoolFull or ThreadPoolStopped when it is not called.
///
/// Cancelling or discarding takes it out of the queue and destroys it, if it has not begun.
/// Otherwise it runs on: the Deferred fails with CancelledError at once, and the answer is
/// destroyed when it comes, on one of the two threads.
///
/// GCC 12 destroys a closure twice that is written in one expression with `co_await` and captures
/// what has a destructor: give the Deferred a name before.
template <class F>
auto deferToThread(ThreadPool& pool, F f, SourceLocation here = SourceLocation::current());

/// Makes all the calls in one thread of `pool`, one after the other. What one throws is logged, and
/// the rest is not called. As ThreadPool::callInThread otherwise.
void callMultipleInThread(ThreadPool& pool, std::vector<Callable<void()>> calls);
template <class F, class... Fs>
requires std::is_invocable_v<F&>
void callMultipleInThread(ThreadPool& pool, F first, Fs... rest);

/// Calls `f()` on the thread of `reactor`, waits, and returns what it answered, or throws what it
/// failed with. For other threads: on the reactor's own it would wait for ever. `f` answers as a
/// callback does; a Deferred is waited for. It is destroyed there, where it was called.
///
/// `f` may use what is on the stack of the thread that waits: where that goes on without an answer,
/// in a thread of a pool, `f` is not called any more, and what it waits for has been discarded.
///
/// AbandonedError when the reactor has stopped, or drops what `f` waits for; ThreadPoolStopped, in
/// a thread of a pool, when that is destroyed or its reactor's run is over. In a thread of one's
/// own, who waits for what nobody fires waits until the reactor is destroyed.
///
/// REQUIRES: the reactor is alive, as for callFromThread.
template <class F>
auto blockingCallFromThread(Reactor& reactor, F f, SourceLocation here = SourceLocation::current());

namespace detail {

/// What a callable answers, for a Deferred.
template <class F>
using ThreadAnswer = typename NextOf<F, void>::Type;

template <class F, bool = kTakesValue<F, void>>
inline constexpr bool kFitsThread = false;
template <class F>
inline constexpr bool kFitsThread<F, true> = !kIsDeferred<AnswerToValue<F, void>>;

template <class F>
class ThreadWorkOf final : public ThreadWork {
 public:
  using T = ThreadAnswer<F>;

  ThreadWorkOf(F f, SourceLocation made) : f_(std::move(f)), made_(made) {}

  Deferred<T> begin(ThreadPool& pool) {
    Deferred<T> answer = promise_.emplace(Canceller{*this}, made_).deferred();
    try {
      queueIn(pool);
    } catch (...) {
      fail(Failure::current(made_));
    }
    return answer;
  }

  void run() override {
    try {
      if constexpr (std::is_void_v<std::invoke_result_t<F&>>) {
        (*f_)();
        result_.emplace();
      } else {
        result_.emplace((*f_)());
      }
    } catch (...) {
      if (!std::current_exception()) throw;  // the end of the thread
      result_.emplace(Failure::current(made_));
    }
    f_.reset();
  }

  bool ran() const noexcept override { return result_.has_value(); }

  void deliver() override { takePromise().callback(std::move(*result_), made_); }
  void fail(Failure failure) override { takePromise().errback(std::move(failure), made_); }

 private:
  struct Canceller {
    ThreadWorkOf& work;

    void operator()() const {
      auto self = work.shared_from_this();
      work.withdraw();
      work.promise_.reset();
    }
    std::string waitsFor() const { return "a thread of a pool"; }
  };

  Promise<T> takePromise() {
    Promise<T> promise = std::move(*promise_);
    promise_.reset();
    return promise;
  }

  std::optional<F> f_;                 // until it has run
  std::optional<Result<T>> result_;    // from then on
  std::optional<Promise<T>> promise_;  // the reactor's thread only
  SourceLocation made_;
};

/// Internal use only. A thread that waits for the reactor's.
class BlockingCall {
 public:
  explicit BlockingCall(SourceLocation made) noexcept : made_(made) {}
  BlockingCall(const BlockingCall&) = delete;
  BlockingCall& operator=(const BlockingCall&) = delete;

  /// While it lives, the pool of the thread that made it knows that this waits. Throws
  /// ThreadPoolStopped when that pool is closing.
  class Entry {
   public:
    explicit Entry(BlockingCall& call);
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    ~Entry();

   private:
    BlockingCall& call_;
  };

  /// From any thread: there will be no answer. Does nothing when there is one.
  void abandon(Failure failure) noexcept;
  /// Where there will be none, `failure` is why, whatever `abandon` says.
  void willFail(Failure failure) noexcept;
  bool waits();
  /// On the reactor's thread: what the answer comes of. It uses what is on the stack of the thread
  /// that waits, so it ends before a pool lets that thread go on.
  void keep(Deferred<void> work);
  SourceLocation made() const noexcept { return made_; }

 protected:
  ~BlockingCall() = default;

  /// Until there is an answer. Throws what it was abandoned with.
  void wait();

  std::mutex mutex_;
  std::condition_variable ended_;
  bool over_ = false;               // guarded by mutex_, as is the answer
  std::optional<Failure> failure_;  // of one that was abandoned

 private:
  SourceLocation made_;
  std::weak_ptr<ThreadPoolCore> pool_;  // that the waiting thread is of
};

template <class T>
class BlockingCallOf final : public BlockingCall {
 public:
  using BlockingCall::BlockingCall;

  void answer(Result<T> result) {
    std::lock_guard lock(mutex_);
    if (over_) return;
    failure_.reset();
    result_.emplace(std::move(result));
    over_ = true;
    ended_.notify_one();
  }

  T takeAnswer() {
    wait();
    return std::move(*result_).value();
  }

 private:
  std::optional<Result<T>> result_;
};

/// Answers a BlockingCall; if it is destroyed before, nobody will.
template <class T>
class BlockingAnswer {
 public:
  explicit BlockingAnswer(std::shared_ptr<BlockingCallOf<T>> call) noexcept
      : call_(std::move(call)) {}
  BlockingAnswer(BlockingAnswer&&) noexcept = default;
  ~BlockingAnswer() {
    if (call_) call_->abandon(Failure(AbandonedError(call_->made()), call_->made()));
  }

  /// Whether the other thread waits yet.
  bool wanted() const { return call_->waits(); }
  const std::shared_ptr<BlockingCallOf<T>>& call() const noexcept { return call_; }

  void operator()(Result<T> result) { std::exchange(call_, nullptr)->answer(std::move(result)); }

 private:
  std::shared_ptr<BlockingCallOf<T>> call_;
};

}  // namespace detail

template <class F>
auto deferToThread(ThreadPool& pool, F f, SourceLocation here) {
  constexpr bool kFits = detail::kFitsThread<F>;
  static_assert(kFits,
                "couplet: the function of deferToThread is called without arguments and answers a "
                "value, since a Deferred belongs to the thread that made it");
  if constexpr (kFits) {
    return std::make_shared<detail::ThreadWorkOf<F>>(std::move(f), here)->begin(pool);
  } else {
    return detail::Mistaken();
  }
}

template <class F, class... Fs>
requires std::is_invocable_v<F&>
void callMultipleInThread(ThreadPool& pool, F first, Fs... rest) {
  std::vector<Callable<void()>> calls;
  calls.push_back(std::move(first));
  (calls.push_back(std::move(rest)), ...);
  callMultipleInThread(pool, std::move(calls));
}

template <class F>
auto blockingCallFromThread(Reactor& reactor, F f, SourceLocation here) {
  using T = detail::ThreadAnswer<F>;
  auto call = std::make_shared<detail::BlockingCallOf<T>>(here);
  const detail::BlockingCall::Entry entered(*call);
  reactor.callFromThread(
      [f = std::move(f), answer = detail::BlockingAnswer<T>(call), here]() mutable {
        if (!answer.wanted()) return;
        const auto waiting = answer.call();
        waiting->keep(maybeDeferred(std::move(f), here).addBoth(std::move(answer), here));
      });
  return call->takeAnswer();
}

}  // namespace couplet
#pragma GCC visibility pop
