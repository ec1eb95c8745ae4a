// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Something that many may wait for. asyncio's Event, which Twisted has not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/detail/counted_ptr.h>
#include <couplet/deferred/detail/waiting_line.h>

#pragma GCC visibility push(default)
namespace couplet {

/// Is set or not; at first it is not. Belongs to one thread.
///
/// Those who wait when it is destroyed fail with AbandonedError, in their order; it may be
/// destroyed by one of them. Waiting takes no heap memory in the steady state.
class DeferredEvent {
 public:
  DeferredEvent();
  DeferredEvent(const DeferredEvent&) = delete;
  DeferredEvent& operator=(const DeferredEvent&) = delete;
  ~DeferredEvent();

  /// Fires when it is set: at once when it is already. Cancelling gives up waiting.
  [[nodiscard]] Deferred<void> wait(SourceLocation here = SourceLocation::current());

  /// Sets it, and fires all who wait now, in the order in which they came, before this returns:
  /// also where one of them clears it again; who waits after that waits for the next `set`. Called
  /// by one of them, it fires those who are left when that one's callbacks are done.
  void set(SourceLocation here = SourceLocation::current());

  /// Who waits from now on waits for the next `set`.
  void clear() noexcept { shared_->isSet = false; }

  bool isSet() const noexcept { return shared_->isSet; }

  /// How many wait.
  std::size_t waiting() const noexcept { return shared_->line.size(); }

 private:
  struct Shared : detail::Counted {
    detail::WaitingLine<void> line{
        {nullptr, [](const void*) -> std::string { return "an event"; }}};
    std::uint64_t firesBefore = 0;  // the ticket of the first one who waits for the next `set`
    bool isSet = false;
    bool firing = false;
  };

  detail::CountedPtr<Shared> shared_;  // and by a `set` on the stack
};

}  // namespace couplet
#pragma GCC visibility pop
