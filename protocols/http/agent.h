// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Asks web servers. Twisted's Agent.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/deferred/callable.h>
#include <couplet/deferred/deferred.h>
#include <couplet/protocols/http/basic_auth.h>
#include <couplet/protocols/http/client_errors.h>
#include <couplet/protocols/http/connection_pool.h>
#include <couplet/protocols/http/cookie_jar.h>
#include <couplet/protocols/http/headers.h>
#include <couplet/protocols/http/limits.h>
#include <couplet/protocols/http/read_body.h>
#include <couplet/protocols/http/request_body.h>
#include <couplet/protocols/http/response.h>
#include <couplet/protocols/http/url.h>

namespace couplet::detail {
class AgentCore;
}

#pragma GCC visibility push(default)
namespace couplet {

class Protocol;
class Reactor;

/// What asks servers in the place of an agent: it is told the whole URL.
struct HTTPProxy {
  Url url;
  std::optional<BasicCredentials> credentials{};  ///< sent as Proxy-Authorization
};

/// How an agent asks. Of the times, each fails the request, or the reading of its body, and closes
/// the connection.
struct AgentOptions {
  /// What a response may be at most. Its body may be of any length, since it is read as it comes:
  /// readBody has a limit of its own.
  HTTPLimits limits{.body = UINT64_MAX};

  /// For a connection to be made, with the look-up of the name: ConnectTimeoutError. Twisted's.
  Duration connectTimeout = std::chrono::seconds(30);

  /// From the request to the head of its response: TimeoutError. Servers and gateways give up after
  /// 60 s themselves. While the request is being sent it begins anew as long as the server takes
  /// some.
  Duration headTimeout = std::chrono::seconds(60);

  /// For the next piece of a body that somebody waits for: TimeoutError. nginx's.
  Duration bodyTimeout = std::chrono::seconds(60);

  /// For the whole, from `request` to the last byte of the body, redirections included:
  /// TimeoutError. None unless you say so, since a body may be of any length; then a server may
  /// take for ever, as long as it never pauses for `bodyTimeout`.
  std::optional<Duration> timeout{};

  /// How many redirections are followed, one after the other; one more fails with
  /// InfiniteRedirection. With 0 they are responses like others. Twisted's RedirectAgent: 20.
  std::size_t redirects = 0;

  /// Fields that do not go to another origin when a redirection leads there, beside those that
  /// never do: Authorization, Cookie, Cookie2, Proxy-Authorization, WWW-Authenticate.
  std::vector<std::string> sensitiveHeaders{};

  /// Keeps the cookies that responses set, and gives those to be sent. A request with a Cookie
  /// field of its own is sent with that alone. Null: cookies are headers like others.
  std::shared_ptr<CookieJar> cookies{};

  /// Asked instead of the servers.
  std::optional<HTTPProxy> proxy{};

  /// To be shared with other agents of the same reactor. Null: the agent has its own.
  std::shared_ptr<HTTPConnectionPool> pool{};

  /// For the cookies: seconds since 1970.
  Callable<std::time_t()> wallTime{};
};

/// Asks for one thing at a time or many:
///
///     agent.request("GET", "http://localhost:8080/")
///         .addCallback(readBody)
///         .addCallback([](const std::string& body) { std::cout << body; });
///
/// The reactor must outlive the agent; requests that are under way outlive it.
class Agent {
 public:
  explicit Agent(Reactor& reactor, AgentOptions options = {});
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;
  ~Agent();

  /// The response, whatever its status, when its head has come; `incoming` is its body, as it
  /// comes. A response that is dropped before that is read closes its connection.
  ///
  /// Added, unless they are given, are Host, and Content-Length or, for a body that is made as it
  /// is sent, `Transfer-Encoding: chunked`. What must not be sent (a method that is no token, a URL
  /// with spaces) and what is no http URL fails at once with std::invalid_argument, and a body that
  /// is not as long as its Content-Length with LocalProtocolError; a header with a line end cannot
  /// be made.
  ///
  /// Fails with RemoteProtocolError where the response is none, ResponseNeverReceived where nothing
  /// of it came, a ConnectError, TimeoutError, or what the maker of the body failed with. A request
  /// without a body whose connection was idle before and turns out to be gone is sent once more, on
  /// a new one, where its method is idempotent. Cancelling aborts the connection, so that what is
  /// not sent yet never is.
  ///
  /// A server whose whole response is there before it has the whole body gets no more of it.
  Deferred<Response> request(std::string_view method, std::string_view url, Headers headers = {},
                             RequestBody body = {});
  Deferred<Response> request(std::string_view method, const Url& url, Headers headers = {},
                             RequestBody body = {});

  /// Asks the server to go on with another protocol, by the Upgrade and Connection among the
  /// `headers` (std::invalid_argument without). When it answers 101, `next` has the connection: it
  /// hears connectionMade, then the Deferred fires, then `next` gets what came behind the head. Any
  /// other answer is a response as of GET. Follows no redirections.
  Deferred<Response> upgrade(const Url& url, Headers headers, std::unique_ptr<Protocol> next);

  /// Has the proxy connect to `host` by CONNECT, and gives `next` that connection likewise when the
  /// answer is 2xx. std::invalid_argument without a proxy.
  Deferred<Response> tunnel(std::string_view host, int port, Headers headers,
                            std::unique_ptr<Protocol> next);

  /// Closes the connections of its pool that are idle; fires when they are lost.
  Deferred<void> closeCachedConnections();

 private:
  std::shared_ptr<detail::AgentCore> core_;
};

}  // namespace couplet
#pragma GCC visibility pop
