// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Things that some put in and others take out, whoever comes first. Twisted's defer.DeferredQueue.
#pragma once

#include <algorithm>
#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/detail/counted_ptr.h>
#include <couplet/deferred/detail/waiting_line.h>
#include <couplet/deferred/errors.h>
#include <couplet/deferred/recycled_allocator.h>

#pragma GCC visibility push(default)
namespace couplet {

/// What a DeferredQueue refuses; nothing by default, as in Twisted. A queue that a peer can fill
/// needs a bound.
struct QueueLimits {
  std::optional<std::size_t> size = {};     ///< so many items at most are kept
  std::optional<std::size_t> backlog = {};  ///< so many at most wait for one
};

/// A queue of Ts, first in, first out on both sides. Belongs to one thread.
///
///     DeferredQueue<Job> jobs({.size = 1000});
///     jobs.put(job);                     // whoever has them
///     Job next = co_await jobs.get();    // whoever does them
///
/// When it is destroyed those who wait fail with AbandonedError, in their order, and the items that
/// it keeps are destroyed; it may be destroyed by one who waits. Neither waiting nor keeping takes
/// heap memory in the steady state: an item takes a block of 128 bytes or more of the thread's.
template <class T>
class DeferredQueue {
  static_assert(detail::kIsPlain<T> && !std::is_void_v<T>,
                "couplet: T of a DeferredQueue is an object type, and no Deferred, Result or "
                "Failure; a queue of nothing is a DeferredSemaphore or a DeferredEvent");

 public:
  explicit DeferredQueue(QueueLimits limits = {});
  DeferredQueue(const DeferredQueue&) = delete;
  DeferredQueue& operator=(const DeferredQueue&) = delete;
  ~DeferredQueue();

  /// Hands `item` to the one who has waited longest, whose callbacks run before this returns; but
  /// where this is called by one who was handed an item, as soon as that one's callbacks are done.
  /// Keeps it when nobody waits. Throws QueueOverflow when it keeps as many as it may already.
  void put(T item, SourceLocation here = SourceLocation::current());

  /// The oldest item, at once or when there is one. Cancelling gives up one's place in the line; a
  /// Deferred that is dropped keeps it, and takes its item. Throws QueueUnderflow when as many wait
  /// already as may.
  [[nodiscard]] Deferred<T> get(SourceLocation here = SourceLocation::current());

  /// How many items are kept. Twisted's `len(queue.pending)`.
  std::size_t size() const noexcept { return shared_->size(); }
  bool empty() const noexcept { return size() == 0; }

  /// How many wait for an item. Twisted's `len(queue.waiting)`.
  std::size_t waiting() const noexcept { return shared_->waiting(); }

 private:
  struct Shared : detail::Counted {
    std::list<T, RecycledAllocator<T>> items;
    detail::WaitingLine<T> line{
        {nullptr, [](const void*) -> std::string { return "an item of a queue"; }}};
    bool handing = false;

    // While items are handed out there may be both, of which each has the other.
    std::size_t size() const noexcept { return items.size() - inHand(); }
    std::size_t waiting() const noexcept { return line.size() - inHand(); }
    std::size_t inHand() const noexcept { return std::min(items.size(), line.size()); }
    Deferred<T> take(SourceLocation here);
    void handOver(SourceLocation here);
    std::list<T, RecycledAllocator<T>> takeFirst();
  };

  QueueLimits limits_;
  detail::CountedPtr<Shared> shared_;  // and by a `put` on the stack
};

}  // namespace couplet
#pragma GCC visibility pop

#include <couplet/deferred/detail/deferred_queue_inl.h>  // IWYU pragma: export
