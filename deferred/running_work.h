// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Many pieces of work that run at once and have one owner: for a server, a coroutine for each of
// its connections.
#pragma once

#include <cstddef>
#include <vector>

#include <couplet/deferred/deferred.h>

#pragma GCC visibility push(default)
namespace couplet {

/// Keeps pieces of work until each has ended, and discards those that have not when it dies:
///
///     RunningWork conversations;
///     conversations.add(converse(std::move(stream)));   // a coroutine
///
/// So it is made after what the work uses, and is destroyed before that. A failure that a piece
/// ends with is reported (report.h) and touches no other. Belongs to one thread.
class RunningWork {
 public:
  RunningWork() = default;
  RunningWork(const RunningWork&) = delete;
  RunningWork& operator=(const RunningWork&) = delete;
  ~RunningWork();

  /// Keeps `work`, which may have ended already. While `discard` runs, discards it at once.
  /// Throws std::logic_error for an empty Deferred. When it throws std::bad_alloc, `work` has been
  /// discarded.
  void add(Deferred<void> work);

  /// How many have not ended.
  std::size_t size() const noexcept { return pieces_.size() - freeSlots_.size(); }
  bool empty() const noexcept { return size() == 0; }

  /// Discards all, in no order that counts; coroutines are destroyed where they wait. A piece that
  /// calls this, by whatever way round, ends at its next await.
  void discard() noexcept;

 private:
  std::size_t takeSlot();
  Deferred<void> leaveSlot(std::size_t slot) noexcept;
  void addSlots();

  std::vector<Deferred<void>> pieces_;  // empty in free slots
  std::vector<std::size_t> freeSlots_;
  bool discarding_ = false;
};

}  // namespace couplet
#pragma GCC visibility pop
