// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What an agent does; the requests that are under way share it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <couplet/protocols/http/agent.h>
#include <couplet/protocols/http/detail/client_connections.h>
#include <couplet/protocols/http/detail/client_request.h>

namespace couplet::detail {

class AgentCore : public std::enable_shared_from_this<AgentCore> {
 public:
  AgentCore(Reactor& reactor, AgentOptions options);

  Deferred<Response> request(AskedRequest asked);
  Deferred<Response> handOver(AskedRequest asked, std::unique_ptr<Protocol> next);
  HTTPConnectionPool& pool() noexcept { return *options_.pool; }
  bool hasProxy() const noexcept { return options_.proxy.has_value(); }

 private:
  using Deadline = std::optional<Clock::TimePoint>;

  Deferred<Response> limited(Deferred<Response> work, const std::string& url);
  Deferred<Response> follow(std::shared_ptr<AgentCore> self, AskedRequest asked);
  Deferred<Response> askAfter(std::size_t hops, const AskedRequest& asked, Deadline deadline);
  Deferred<Response> askOnce(const AskedRequest& asked, Deadline deadline);
  Deferred<Response> askAndHandOver(std::shared_ptr<AgentCore> self, AskedRequest asked,
                                    std::unique_ptr<Protocol> next);
  ClientRequest prepare(const AskedRequest& asked, Deadline deadline);
  Headers addedTo(const AskedRequest& asked);
  ClientDestination destination(const AskedRequest& asked) const;
  Deferred<void> drain(Response response);
  void takeCookies(const Url& url, const Response& response);
  Deadline deadline() const;

  Reactor& reactor_;
  AgentOptions options_;
};

}  // namespace couplet::detail
