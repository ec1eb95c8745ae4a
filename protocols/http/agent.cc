// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/agent.h>

#include <stdexcept>
#include <utility>

#include <couplet/protocols/http/detail/agent_core.h>
#include <couplet/protocols/http/detail/request_target.h>

namespace couplet {

namespace {

/// An IPv6 address has its brackets in a URL.
Url authority(std::string_view host, int port) {
  const bool isAddress = host.find(':') != host.npos;
  std::string name(isAddress ? "[" : "");
  name.append(host).append(isAddress ? "]:" : ":").append(std::to_string(port));
  if (!detail::isAuthority(name)) {
    throw std::invalid_argument("no host and port of a tunnel: " + name);
  }
  std::string url("http://");
  return Url::parse(url.append(name));
}

}  // namespace

Agent::Agent(Reactor& reactor, AgentOptions options)
    : core_(std::make_shared<detail::AgentCore>(reactor, std::move(options))) {}

Agent::~Agent() = default;

Deferred<Response> Agent::request(std::string_view method, std::string_view url, Headers headers,
                                  RequestBody body) {
  Result<Url> parsed = Url::tryParse(url);
  if (!parsed) return fail<Response>(std::move(parsed).failure());
  return request(method, parsed.value(), std::move(headers), std::move(body));
}

Deferred<Response> Agent::request(std::string_view method, const Url& url, Headers headers,
                                  RequestBody body) {
  if (method == "CONNECT") return fail<Response>(std::invalid_argument("CONNECT is for tunnel()"));
  return core_->request({std::string(method), url, std::move(headers), std::move(body)});
}

Deferred<Response> Agent::upgrade(const Url& url, Headers headers, std::unique_ptr<Protocol> next) {
  if (!headers.has("Upgrade") || !headers.hasElement("Connection", "upgrade")) {
    return fail<Response>(
        std::invalid_argument("an upgrade has an Upgrade field, which Connection names"));
  }
  return core_->handOver({"GET", url, std::move(headers), {}}, std::move(next));
}

Deferred<Response> Agent::tunnel(std::string_view host, int port, Headers headers,
                                 std::unique_ptr<Protocol> next) {
  if (!core_->hasProxy()) return fail<Response>(std::invalid_argument("a tunnel needs a proxy"));
  return maybeDeferred([&] {
    return core_->handOver({"CONNECT", authority(host, port), std::move(headers), {}},
                           std::move(next));
  });
}

Deferred<void> Agent::closeCachedConnections() { return core_->pool().closeCachedConnections(); }

}  // namespace couplet
