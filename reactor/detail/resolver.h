// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Names to addresses by the system's resolver, on threads of its own, since that one
// blocks.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <couplet/deferred/callable.h>
#include <couplet/reactor/detail/socket.h>

namespace couplet::detail {

/// What a look-up found: addresses, or why there are none.
struct Lookup {
  std::vector<SocketAddress> addresses;  // in the order in which to try them
  std::string error;
};

/// Looks up names on at most four threads, which are started when there is a name to look up and
/// end when there is none. They are detached: a look-up may last longer than the program wants to
/// live.
class Resolver {
 public:
  /// `post` hands a call to the thread of this object; it is called from any thread, until this
  /// object dies.
  explicit Resolver(Callable<void(Callable<void()>)> post);
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// Drops what is being looked up.
  ~Resolver();

  /// Calls `done`, by `post`, unless this object dies first; `done` may then be destroyed on any
  /// thread. Returns a number for `forget`.
  std::uint64_t lookUp(std::string host, int port, Callable<void(Lookup)> done);

  /// Nobody waits for that look-up any more: it is not begun, if it has not been.
  void forget(std::uint64_t lookUp) noexcept;

 private:
  struct Channel;

  void startThread();

  std::shared_ptr<Channel> channel_;  // shared with the threads
};

}  // namespace couplet::detail
