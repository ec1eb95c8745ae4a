// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/detail/agent_core.h>

#include <chrono>
#include <stdexcept>
#include <utility>

#include <couplet/protocols/http/detail/http_client_protocol.h>
#include <couplet/protocols/http/detail/redirection.h>
#include <couplet/reactor/reactor.h>
#include <couplet/reactor/wall_time.h>

namespace couplet::detail {

namespace {

/// So much of the body of a redirection is read, for so long, to keep its connection.
constexpr std::size_t kMostDrained = 16 * 1024;
constexpr Duration kDrainTimeout = std::chrono::seconds(1);

/// What may be sent again, to a server that may have seen it already.
bool isRepeatable(const AskedRequest& asked) {
  return isIdempotent(asked.method) && asked.body.empty();
}

}  // namespace

AgentCore::AgentCore(Reactor& reactor, AgentOptions options)
    : reactor_(reactor), options_(std::move(options)) {
  if (options_.proxy && options_.proxy->url.isSecure()) {
    throw std::invalid_argument("a proxy is asked by http");
  }
  if (!options_.pool) options_.pool = std::make_shared<HTTPConnectionPool>(reactor);
  if (!options_.wallTime) options_.wallTime = wallTime;
}

Deferred<Response> AgentCore::request(AskedRequest asked) {
  const std::string url = asked.url.toString();
  return limited(follow(shared_from_this(), std::move(asked)), url);
}

Deferred<Response> AgentCore::handOver(AskedRequest asked, std::unique_ptr<Protocol> next) {
  const std::string url = asked.url.toString();
  return limited(askAndHandOver(shared_from_this(), std::move(asked), std::move(next)), url);
}

/// Until the head has come; from then on the connection knows the deadline.
Deferred<Response> AgentCore::limited(Deferred<Response> work, const std::string& url) {
  if (!options_.timeout) return work;
  return std::move(work).addTimeout(
      *options_.timeout, reactor_, [url](Result<Response>, Duration timeout) {
        return Result<Response>(Failure(TimeoutError(timeout, "the whole of " + url)));
      });
}

AgentCore::Deadline AgentCore::deadline() const {
  if (!options_.timeout) return std::nullopt;
  return reactor_.now() + *options_.timeout;
}

/// `self` lives as long as this runs.
Deferred<Response> AgentCore::follow(std::shared_ptr<AgentCore> self, AskedRequest asked) {
  const Deadline whole = self->deadline();
  for (std::size_t hops = 0;; ++hops) {
    Response response = co_await self->askAfter(hops, asked, whole);
    if (self->options_.redirects == 0 || !isRedirection(response.status)) co_return response;
    if (hops == self->options_.redirects) {
      throw InfiniteRedirection(asked.url.toString(), hops);
    }
    if (!namesPlace(response)) {
      throw RedirectWithNoLocation(asked.url.toString(),
                                   std::make_shared<Response>(std::move(response)));
    }
    asked = redirected(std::move(asked), response, self->options_.sensitiveHeaders);
    co_await self->drain(std::move(response));
  }
}

/// Who asked for the first URL may not know that of the last one.
Deferred<Response> AgentCore::askAfter(std::size_t hops, const AskedRequest& asked,
                                       Deadline whole) {
  if (hops == 0) return askOnce(asked, whole);
  return askOnce(asked, whole).addErrback([&asked](const Failure& failure) -> Response {
    if (const auto* error = failure.get<ConnectError>()) failRedirected(asked.url, *error);
    failure.raise();
  });
}

/// Once more on a new connection, where an old one turns out to be gone.
Deferred<Response> AgentCore::askOnce(const AskedRequest& asked, Deadline whole) {
  for (bool again = false;; again = true) {
    ClientRequest request = prepare(asked, whole);
    HTTPClientProtocol* const connection =
        co_await pool().connections().get(destination(asked), again);
    const bool mayBeStale = connection->reused() && !again && isRepeatable(asked);
    try {
      Response response = co_await connection->ask(std::move(request));
      takeCookies(asked.url, response);
      co_return response;
    } catch (const ResponseNeverReceived&) {
      if (!mayBeStale) throw;
    }
  }
}

Deferred<Response> AgentCore::askAndHandOver(std::shared_ptr<AgentCore> self, AskedRequest asked,
                                             std::unique_ptr<Protocol> next) {
  ClientRequest request = self->prepare(asked, self->deadline());
  request.next = std::move(next);
  HTTPClientProtocol* const connection =
      co_await self->pool().connections().get(self->destination(asked), true);
  Response response = co_await connection->ask(std::move(request));
  if (asked.method != "CONNECT") self->takeCookies(asked.url, response);  // else it is the proxy's
  co_return response;
}

ClientRequest AgentCore::prepare(const AskedRequest& asked, Deadline whole) {
  if (asked.url.isSecure()) {
    throw std::invalid_argument("https is not supported: " + asked.url.toString());
  }
  std::string target = asked.url.originForm();
  if (asked.method == "CONNECT") {
    target = asked.url.authorityForm();
  } else if (options_.proxy) {
    target = asked.url.absoluteForm();
  }
  ClientRequest request = toClientRequest(asked, target, addedTo(asked));
  request.limits = options_.limits;
  request.headTimeout = options_.headTimeout;
  request.bodyTimeout = options_.bodyTimeout;
  request.timeout = options_.timeout;
  request.deadline = whole;
  return request;
}

Headers AgentCore::addedTo(const AskedRequest& asked) {
  Headers added;
  const bool tunnels = asked.method == "CONNECT";
  added.add("Host", tunnels ? asked.url.authorityForm() : asked.url.hostHeader());
  if (options_.proxy && options_.proxy->credentials) {
    added.add("Proxy-Authorization", options_.proxy->credentials->toHeader());
  }
  if (options_.cookies && !tunnels) {
    const std::string cookies = options_.cookies->cookieHeader(asked.url, options_.wallTime());
    if (!cookies.empty()) added.add("Cookie", cookies);
  }
  if (pool().connections().options().maxPersistentPerHost == 0) added.add("Connection", "close");
  return added;
}

ClientDestination AgentCore::destination(const AskedRequest& asked) const {
  const Url& to = options_.proxy ? options_.proxy->url : asked.url;
  std::string key = asked.url.origin();
  if (options_.proxy) key.append(" by way of ").append(to.origin());
  return {std::move(key), to.host(), to.port(), options_.connectTimeout};
}

/// So that the connection may be used for what comes next. If it may not, that is no failure.
Deferred<void> AgentCore::drain(Response response) {
  if (response.incoming.length().value_or(0) > kMostDrained) co_return;
  try {
    co_await response.incoming.readAll(kMostDrained).addTimeout(kDrainTimeout, reactor_);
  } catch (const CancelledError&) {
    throw;
  } catch (const std::exception&) {
  }
}

void AgentCore::takeCookies(const Url& url, const Response& response) {
  if (!options_.cookies) return;
  for (const std::string_view cookie : response.headers.all("Set-Cookie")) {
    options_.cookies->setCookie(url, cookie, options_.wallTime());
  }
}

}  // namespace couplet::detail
