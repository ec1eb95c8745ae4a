// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Asking an Api by HTTP.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include <couplet/protocols/http/agent.h>
#include <couplet/protocols/message/json.h>
#include <couplet/protocols/message/session.h>
#include <couplet/reactor/address.h>

#pragma GCC visibility push(default)
namespace couplet {

class Reactor;

/// How an Api is asked by HTTP.
struct HTTPSessionOptions {
  /// One request at a time is on each connection.
  std::size_t connections = 1;
  /// So many more wait for one; the next fails with Overloaded.
  std::size_t mostWaiting = 1000;
  /// The longest answer, in bytes.
  std::size_t longestAnswer = 1024 * 1024;
  JSONLimits limits{};
};

/// Connects when it is asked, and keeps the connection. It counts as connected until it is closed:
/// who cannot be reached is NotConnected when the request has found that out.
class HTTPSession : public Session, private detail::Asked {
 public:
  /// The reactor must outlive it; the session what it was asked for: that fails with Closed when it
  /// goes.
  HTTPSession(Reactor& reactor, std::string host, std::uint16_t port,
              HTTPSessionOptions options = {});
  ~HTTPSession() override;

  bool connected() const noexcept override { return !closed_; }
  void close() override;

 private:
  /// A request that is under way.
  struct Work {
    std::unique_ptr<detail::PendingReply> reply;
    Deferred<void> asking;
  };

  void ask(const detail::MessageType& type, const void* request,
           std::unique_ptr<detail::PendingReply> reply) override;
  Clock& clock() noexcept override;
  void cancelled(detail::PendingReply& reply) override;
  void answered(std::uint64_t id, const Response& response);
  void failed(std::uint64_t id, const Failure& reason);
  Work take(std::uint64_t id);

  Reactor& reactor_;
  const Address address_;
  const HTTPSessionOptions options_;
  Agent agent_;
  std::map<std::uint64_t, Work> work_;  // by id
  std::uint64_t lastId_ = 0;
  bool closed_ = false;
};

}  // namespace couplet
#pragma GCC visibility pop
