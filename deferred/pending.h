// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a program is waiting for: each Deferred of this thread that has no result yet, where it was
// made, for how long it has waited, for what, and what is to happen then. Twisted has nothing like
// it; asyncio's `all_tasks` is the nearest.
//
//     describePending(std::cerr);
//
// What it costs a Deferred that nobody looks at: a few instructions and 24 bytes. CMake's option
// COUPLET_PENDING_VIEW=OFF builds Couplet without it.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include <couplet/deferred/clock.h>
#include <couplet/deferred/source_location.h>

#pragma GCC visibility push(default)
namespace couplet {

/// A chain that has no result, or whose callbacks are held back by a `pause`. A copy of what was
/// known: it outlives the chain.
struct PendingDeferred {
  std::string name;     ///< of `named`, or empty
  SourceLocation made;  ///< where the Promise was made, or the coroutine begins

  /// Since it was made, in steps of 10 ms; nothing where the thread had no Clock then.
  std::optional<Duration> age;

  /// What would fire it, for people: `a timer that is due in 1.5 s`, `an event`. Empty where it
  /// waits for other Deferreds and nothing else.
  std::string waitsFor;

  /// The Deferreds that it waits for, as indices into the list that this is in.
  std::vector<std::size_t> waitsOn;

  /// Where the coroutine that will give its result waits; nothing for other Deferreds.
  std::optional<SourceLocation> suspendedAt;

  /// Where its callbacks and errbacks were attached, in the order in which they will run; once for
  /// those that were attached together.
  std::vector<SourceLocation> callbacks;

  /// The connection in whose event it was made, `connection 3 from 127.0.0.1:4000`, or that of the
  /// Deferred that waits for it; else empty.
  std::string connection;
};

/// All that is pending on the calling thread, the oldest first. Not listed: a Deferred that has its
/// result, and a Promise whose Deferred was never taken.
std::vector<PendingDeferred> pendingDeferreds();

/// Prints them as a tree: below each what it waits on. Of more than `most` the oldest; how many
/// more there are, the last line says. Names are escaped and cut short. Returns how many are
/// pending.
std::size_t describePending(std::ostream& out, std::size_t most = 1000);

/// Knows what a Promise waits for: see Promise::describeBy.
class WaitDescription {
 public:
  /// For people, to follow "waits for": `data from 127.0.0.1:4000`. Must not fire, cancel or
  /// destroy a Deferred.
  virtual std::string waitsFor() const = 0;

 protected:
  ~WaitDescription() = default;
};

/// Whether Couplet was built with this. Without, nothing is ever listed.
bool pendingVisible() noexcept;

}  // namespace couplet
#pragma GCC visibility pop
