// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/connection_pool.h>

#include <couplet/protocols/http/detail/client_connections.h>

namespace couplet {

HTTPConnectionPool::HTTPConnectionPool(Reactor& reactor, HTTPPoolOptions options)
    : connections_(std::make_shared<detail::ClientConnections>(reactor, options)) {}

HTTPConnectionPool::~HTTPConnectionPool() { connections_->keepNone(); }

Deferred<void> HTTPConnectionPool::closeCachedConnections() { return connections_->closeIdle(); }

std::size_t HTTPConnectionPool::idle() const noexcept { return connections_->idle(); }

}  // namespace couplet
