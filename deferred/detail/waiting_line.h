// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Those who wait for a lock, an item or an event, in the order in which they came.
// Joining and leaving takes no heap memory once the thread is warm.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include <couplet/deferred/deferred.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

class LineOfWaiters;

/// A place in a line, from its making until `leave`.
struct Waiter {
  LineOfWaiters* line = nullptr;  // null when it has left
  Waiter* previous = nullptr;
  Waiter* next = nullptr;
  std::uint64_t ticket = 0;

  void leave() noexcept;
  /// What it waits for, for people.
  std::string waitsFor() const;
};

/// What a line is for. The owner lives as long as the line has waiters.
struct LineSubject {
  const void* owner;
  std::string (*describe)(const void* owner);
};

/// The line, without the types of its Promises.
class LineOfWaiters {
 public:
  explicit LineOfWaiters(LineSubject subject) noexcept : subject_(subject) {}
  LineOfWaiters(const LineOfWaiters&) = delete;
  LineOfWaiters& operator=(const LineOfWaiters&) = delete;

  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }

  /// Who joined later has a higher ticket.
  std::uint64_t nextTicket() const noexcept { return nextTicket_; }
  /// REQUIRES: !empty()
  std::uint64_t firstTicket() const noexcept { return first_->ticket; }

 protected:
  void append(Waiter& waiter) noexcept;
  Waiter* first() const noexcept { return first_; }

 private:
  friend struct Waiter;

  LineSubject subject_;
  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
  std::size_t size_ = 0;
  std::uint64_t nextTicket_ = 0;
};

/// A line for things of type T. A waiter that is cancelled leaves; one whose Deferred is dropped
/// stays. When the line ends, those in it fail with AbandonedError.
template <class T>
class WaitingLine : public LineOfWaiters {
 public:
  using LineOfWaiters::LineOfWaiters;
  ~WaitingLine() { abandon(); }

  Deferred<T> join(SourceLocation here) {
    Promise<T> promise(here);
    Deferred<T> deferred = promise.deferred();
    Chain& chain = Access::use(deferred);
    Place* place = nullptr;
    installCanceller<Place>(chain, std::move(promise), &place);
    append(*place);
    return deferred;
  }

  /// The first one leaves. REQUIRES: !empty()
  Promise<T> leave() noexcept { return static_cast<Place*>(first())->leave(); }

  /// All leave before the first of them hears of it.
  void abandon() noexcept {
    Turn turn;
    while (!empty()) leave();
  }

 private:
  // Lives in the chain that it fires, as its canceller. So the Promise keeps that chain, and has to
  // leave before it is fired.
  struct Place : Waiter {
    Promise<T> promise;

    Place(Promise<T>&& of, Place** self) noexcept : promise(std::move(of)) { *self = this; }

    Promise<T> leave() noexcept {
      Waiter::leave();
      return std::move(promise);
    }

    static void cancel(void* self, Chain& chain) {
      static_cast<Place*>(self)->leave().errback(CancelledError(), chain.firedAt());
    }
    static void discard(void* self, Chain&) { static_cast<Place*>(self)->leave(); }
    static void destroy(void* self) noexcept { static_cast<Place*>(self)->~Place(); }
    static void waitsFor(const void* self, WaitingFor& waiting) {
      waiting.say(static_cast<const Place*>(self)->Waiter::waitsFor());
    }
    static constexpr CancellerOps kOps = {&cancel, &discard, &destroy, false, &waitsFor};
  };
};

}  // namespace couplet::detail
#pragma GCC visibility pop
