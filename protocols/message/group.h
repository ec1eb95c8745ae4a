// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The programs that a program needs, kept connected.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/deferred/callable.h>
#include <couplet/deferred/deferred.h>
#include <couplet/protocols/message/faults.h>
#include <couplet/protocols/message/http_session.h>
#include <couplet/protocols/message/native_protocol.h>
#include <couplet/protocols/message/reconnect_delays.h>
#include <couplet/protocols/message/session.h>
#include <couplet/reactor/reactor.h>

namespace couplet::detail {
class KeptSession;
}

#pragma GCC visibility push(default)
namespace couplet {

/// A member, and what somebody else calls it.
struct GroupMember {
  GroupMember(std::string_view member, std::string_view known = "")
      : name(member), alias(known.empty() ? member : known) {}
  GroupMember(const char* member) : GroupMember(std::string_view(member)) {}

  std::string_view name;
  std::string_view alias;
};

/// Named sessions and ports. It connects each session at once, and again whenever it is lost, and
/// tells when all of them are there, and when not any more:
///
///     Group group(reactor);
///     Session& a = group.connectHTTP("server_a", "127.0.0.1", 5051);
///     Session& b = group.connectHTTP("server_b", "127.0.0.1", 5051);
///     co_await group.whenReady(8s);
///
/// Belongs to the reactor's thread. The reactor must outlive it. It owns its members: what is under
/// way on them when it goes, and who waits for them, fails with Closed. It may be destroyed by
/// whatever it calls.
class Group {
 public:
  explicit Group(Reactor& reactor, ReconnectDelays delays = {});
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;
  ~Group();

  // Members. A session is valid as long as the group; while it is not connected, requests fail with
  // NotConnected. Throw std::invalid_argument for a name that there is already.

  Session& connectHTTP(std::string name, std::string host, std::uint16_t port,
                       HTTPSessionOptions options = {});
  Session& connectNative(std::string name, std::string host, std::uint16_t port,
                         std::shared_ptr<const Api> api = nullptr, NativeOptions options = {});
  /// Listens as long as the group lives. Throws NotListening where it cannot, at once.
  void listen(std::string name, int port, std::shared_ptr<Factory> factory,
              ListenOptions options = {});

  /// Whether all members are there.
  bool ready() const noexcept { return !missing(); }

  /// Fires when all are there, at once where they are. After `limit` without that it fails with
  /// TimedOut, which names those that are missing.
  Deferred<void> whenReady(std::optional<Duration> limit = std::nullopt);

  /// The fault that names those of `members`, or of all, that are not there, by their aliases;
  /// nothing where none is missing. A port is there always. Throws std::invalid_argument for a name
  /// that is no member's.
  ///
  ///     if (auto fault = group.missing({{"server_a", "a"}, {"server_b", "b"}})) throw *fault;
  std::optional<TemporarilyUnavailable> missing(std::initializer_list<GroupMember> members) const;
  std::optional<TemporarilyUnavailable> missing() const;

  /// Called, from the loop, when all members are there, each time; and when the first of them is
  /// lost. What they throw is logged. They may be replaced at any time.
  Callable<void()> onReady;
  Callable<void()> onNotReady;

 private:
  Session& add(std::string name, std::string_view host,
               Callable<Deferred<std::shared_ptr<Session>>()> connect);
  void requireNew(std::string_view name) const;
  detail::KeptSession* find(std::string_view name) const noexcept;
  bool listens(std::string_view name) const noexcept;
  void changed();

  Reactor& reactor_;
  const ReconnectDelays delays_;
  std::vector<std::shared_ptr<detail::KeptSession>> sessions_;
  struct Listener {
    std::string name;
    std::shared_ptr<ListeningPort> port;
  };
  std::vector<Listener> listeners_;
  std::vector<Promise<void>> waiting_;  // for all members
  bool wasReady_ = false;
  std::shared_ptr<const bool> here_;  // ends with this
};

}  // namespace couplet
#pragma GCC visibility pop
