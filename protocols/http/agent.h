// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Asks web servers. Twisted's Agent.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include <couplet/deferred/deferred.h>
#include <couplet/protocols/http/headers.h>
#include <couplet/protocols/http/limits.h>
#include <couplet/protocols/http/message_head.h>
#include <couplet/protocols/http/response.h>
#include <couplet/protocols/http/url.h>

namespace couplet::detail {
struct AgentShared;
}

#pragma GCC visibility push(default)
namespace couplet {

class Reactor;

/// How an agent asks.
struct AgentOptions {
  /// What a response may be at most; `body` is that of a whole body, which is kept in memory.
  HTTPLimits limits{.body = 64 * 1024 * 1024};

  /// For the connection to be made.
  Duration connectTimeout = std::chrono::seconds(30);

  /// From the request to the last byte of the response; then it fails with TimeoutError.
  Duration timeout = std::chrono::seconds(60);
};

/// Asks for one thing at a time or many:
///
///     agent.request("GET", "http://localhost:8080/").addCallback([](const Response& response) {
///       std::cout << response.body;
///     });
///
/// Each request has a connection of its own, which is closed behind the response. The reactor must
/// outlive the agent; requests that are under way outlive it.
class Agent {
 public:
  explicit Agent(Reactor& reactor, AgentOptions options = {});
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;
  ~Agent();

  /// The response, whatever its status, once it is whole: its body is as it came, and its headers
  /// are all that the server sent.
  ///
  /// Host, Content-Length and Connection are added. What must not be sent (a method that is no
  /// token, a URL with spaces) and what is no http URL fails at once with std::invalid_argument and
  /// is not sent; a header with a line end cannot be made. A response that is not one, or is cut
  /// short, fails with RemoteProtocolError; a connection that is lost with its reason. Cancelling
  /// aborts the connection, so that what is not sent yet never is.
  Deferred<Response> request(std::string_view method, std::string_view url, Headers headers = {},
                             std::string_view body = "");
  Deferred<Response> request(std::string_view method, const Url& url, Headers headers = {},
                             std::string_view body = "");

 private:
  Reactor& reactor_;
  std::shared_ptr<detail::AgentShared> shared_;
};

}  // namespace couplet
#pragma GCC visibility pop
