// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The bare C++20 coroutine task that Deferreds are measured against: what is left when nothing can
// be cancelled and nobody hears of a failure but who awaits. All on one thread.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace benchmarks {

/// A coroutine that begins at once, and at its end goes on with who awaits it, by symmetric
/// transfer. Owns its frame, which comes from operator new.
template <class T>
class [[nodiscard]] Task;

/// What the promises of all Tasks have.
class TaskState {
 public:
  std::suspend_never initial_suspend() const noexcept { return {}; }

  auto final_suspend() const noexcept {
    struct End {
      std::coroutine_handle<> next;
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<>) const noexcept { return next; }
      void await_resume() const noexcept {}
    };
    return End{next_};
  }

  void unhandled_exception() noexcept { error_ = std::current_exception(); }
  void goOnWith(std::coroutine_handle<> next) noexcept { next_ = next; }

 protected:
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  std::coroutine_handle<> next_ = std::noop_coroutine();
  std::exception_ptr error_;
};

template <class T>
class TaskPromise : public TaskState {
 public:
  Task<T> get_return_object() noexcept;
  void return_value(T value) { value_ = std::move(value); }
  T take() {
    rethrow();
    return std::move(value_);
  }

 private:
  T value_{};
};

template <>
class TaskPromise<void> : public TaskState {
 public:
  Task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void take() const { rethrow(); }
};

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = TaskPromise<T>;

  explicit Task(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}
  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  ~Task() {
    if (frame_) frame_.destroy();
  }

  bool await_ready() const noexcept { return frame_.done(); }
  void await_suspend(std::coroutine_handle<> next) const noexcept {
    frame_.promise().goOnWith(next);
  }
  T await_resume() const { return frame_.promise().take(); }

 private:
  std::coroutine_handle<promise_type> frame_;
};

template <class T>
Task<T> TaskPromise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

inline Task<void> TaskPromise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

/// A value that comes later, for the one coroutine that awaits it. Outlives that await.
template <class T>
class Event {
 public:
  Event() noexcept = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  void fire(T value) {
    value_ = std::move(value);
    if (waiting_) waiting_.resume();
  }

  bool await_ready() const noexcept { return value_.has_value(); }
  void await_suspend(std::coroutine_handle<> waiting) noexcept { waiting_ = waiting; }
  T await_resume() { return *std::move(value_); }

 private:
  std::optional<T> value_;
  std::coroutine_handle<> waiting_;
};

}  // namespace benchmarks
