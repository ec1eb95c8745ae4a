// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Finds out who uses something on a thread that is not its own. For those who make a Clock or a
// transport. Costs nothing where the library is built with NDEBUG.
#pragma once

#include <atomic>

#pragma GCC visibility push(default)
namespace couplet {

/// Something belongs to the thread that claims it, until it is released. Before and after that it
/// belongs to nobody, so that it may be made on one thread, used on another and destroyed on a
/// third.
class ThreadCheck {
 public:
  ThreadCheck() noexcept = default;
  ThreadCheck(const ThreadCheck&) = delete;
  ThreadCheck& operator=(const ThreadCheck&) = delete;

  void claim() noexcept { owner_.store(thisThread(), std::memory_order_relaxed); }
  void release() noexcept { owner_.store(nullptr, std::memory_order_relaxed); }

  /// Ends the program, with a message that names `call`, where another thread has claimed this.
  void require([[maybe_unused]] const char* call) const noexcept {
#ifndef NDEBUG
    const void* owner = owner_.load(std::memory_order_relaxed);
    if (owner != nullptr && owner != thisThread()) abort(call);
#endif
  }

 private:
  static const void* thisThread() noexcept;
  [[noreturn]] static void abort(const char* call) noexcept;

  std::atomic<const void*> owner_{nullptr};  // an address that each thread has of its own
};

}  // namespace couplet
#pragma GCC visibility pop
