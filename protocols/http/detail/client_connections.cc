// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/detail/client_connections.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

#include <couplet/deferred/gather_results.h>
#include <couplet/protocols/http/client_errors.h>
#include <couplet/protocols/http/detail/http_client_protocol.h>
#include <couplet/reactor/factory.h>
#include <couplet/reactor/reactor.h>

namespace couplet::detail {

namespace {

/// Makes the one connection that somebody waits for.
class ConnectionFactory : public ClientFactory {
 public:
  ConnectionFactory(std::shared_ptr<ClientConnections> connections,
                    std::shared_ptr<ConnectionWaiter> waiter)
      : connections_(std::move(connections)), waiter_(std::move(waiter)) {}
  ~ConnectionFactory() override {
    if (waiter_) connections_->forget(waiter_->to.key);
  }

  std::unique_ptr<Protocol> buildProtocol(const Address&) override {
    return std::make_unique<HTTPClientProtocol>(connections_, std::move(waiter_));
  }
  void clientConnectionFailed(const Failure& reason) override {
    connections_->failed(*std::exchange(waiter_, nullptr), reason);
  }

 private:
  std::shared_ptr<ClientConnections> connections_;
  std::shared_ptr<ConnectionWaiter> waiter_;  // null once it was told
};

/// The canceller of a waiter's Promise.
struct StopConnecting {
  std::weak_ptr<ConnectionWaiter> waiter;

  void operator()() const {
    const auto cancelled = waiter.lock();
    const auto attempt = cancelled ? cancelled->connector.lock() : nullptr;
    if (attempt) attempt->disconnect();
  }
  std::string waitsFor() const {
    const auto waiting = waiter.lock();
    return "a connection to " + (waiting ? waiting->to.key : "nobody");
  }
};

std::shared_ptr<ConnectionWaiter> newWaiter(ClientDestination to, bool fresh) {
  auto waiter = std::make_shared<ConnectionWaiter>(std::move(to), fresh);
  waiter->promise = Promise<HTTPClientProtocol*>(StopConnecting{waiter});
  return waiter;
}

/// Behind those who wait for fresh connections.
template <class Waiters>
auto firstOfOthers(Waiters& waiting) {
  return std::find_if(waiting.begin(), waiting.end(), [](const auto& one) { return !one->fresh; });
}

}  // namespace

ClientConnections::ClientConnections(Reactor& reactor, HTTPPoolOptions options)
    : reactor_(reactor), options_(options) {
  if (options.maxPerHost == 0) throw std::invalid_argument("maxPerHost is 1 at least");
}

ClientConnections::~ClientConnections() = default;

Deferred<HTTPClientProtocol*> ClientConnections::get(ClientDestination to, bool fresh) {
  if (!fresh) {
    if (HTTPClientProtocol* const connection = takeIdle(to.key)) return succeed(connection);
  }
  Host& host = hosts_[to.key];
  auto waiter = newWaiter(std::move(to), fresh);
  if (host.open >= options_.maxPerHost) return wait(std::move(waiter));
  Deferred<HTTPClientProtocol*> made = waiter->promise.deferred();
  connect(waiter);
  return made;
}

/// In the queue. Those who ask once more may be as many beyond its bound as there are connections.
Deferred<HTTPClientProtocol*> ClientConnections::wait(std::shared_ptr<ConnectionWaiter> waiter) {
  Host& host = hosts_[waiter->to.key];
  auto& waiting = host.waiting;
  std::erase_if(waiting, [](const auto& other) { return !other->promise.pending(); });
  if (waiting.size() >= options_.maxWaiting + (waiter->fresh ? options_.maxPerHost : 0)) {
    return fail<HTTPClientProtocol*>(TooManyWaitingError(waiter->to.key, waiting.size()));
  }
  const std::string what = "waiting for a connection to " + waiter->to.key;
  waiting.insert(waiter->fresh ? firstOfOthers(waiting) : waiting.end(), waiter);
  makeRoom(host, waiter->to.key);
  if (!options_.waitTimeout) return waiter->promise.deferred();
  return waiter->promise.deferred().addTimeout(
      *options_.waitTimeout, reactor_, [what](Result<HTTPClientProtocol*>, Duration timeout) {
        return Result<HTTPClientProtocol*>(Failure(TimeoutError(timeout, what)));
      });
}

void ClientConnections::connect(const std::shared_ptr<ConnectionWaiter>& waiter) {
  const ClientDestination& to = waiter->to;
  ++hosts_[to.key].open;
  try {
    waiter->connector = reactor_.connectTCP(
        to.host, to.port, std::make_shared<ConnectionFactory>(shared_from_this(), waiter),
        {.timeout = to.connectTimeout});
  } catch (...) {
    waiter->promise.errback(Failure::current());
  }
}

void ClientConnections::failed(ConnectionWaiter& waiter, const Failure& reason) {
  --hosts_[waiter.to.key].open;
  if (waiter.promise.pending()) {
    const std::string what = waiter.to.key + ": " + reason.message();
    waiter.promise.errback(reason.check<ConnectTimeoutError>() ? Failure(ConnectTimeoutError(what))
                                                               : reason);
  }
  serve(waiter.to.key);
}

/// The last one that became idle, which is the least likely to be stale.
HTTPClientProtocol* ClientConnections::takeIdle(const std::string& key) noexcept {
  const auto found = std::find_if(idle_.rbegin(), idle_.rend(),
                                  [&](const auto* connection) { return connection->key() == key; });
  if (found == idle_.rend()) return nullptr;
  HTTPClientProtocol* const connection = *found;
  idle_.erase(std::prev(found.base()));
  return connection;
}

void ClientConnections::put(HTTPClientProtocol& connection) {
  if (keepsNone_ || options_.maxPersistentPerHost == 0 || options_.maxIdle == 0) {
    return connection.close();
  }
  keepOldOnesOut(connection.key());
  idle_.push_back(&connection);
  serve(connection.key());
}

/// Makes room for one more that is idle.
void ClientConnections::keepOldOnesOut(const std::string& key) {
  const auto isOfHost = [&](const auto* other) { return other->key() == key; };
  const std::size_t ofHost = std::count_if(idle_.begin(), idle_.end(), isOfHost);
  if (ofHost >= options_.maxPersistentPerHost) {
    (*std::find_if(idle_.begin(), idle_.end(), isOfHost))->close();
  }
  if (idle_.size() >= options_.maxIdle) idle_.front()->close();
}

void ClientConnections::dropIdle(HTTPClientProtocol& connection) noexcept {
  std::erase(idle_, &connection);
}

/// Those who wait for the last connection are abandoned.
void ClientConnections::forget(const std::string& key) noexcept {
  const auto host = hosts_.find(key);
  if (--host->second.open > 0) return;
  const auto waiting = std::move(host->second.waiting);
  hosts_.erase(host);
}

void ClientConnections::left(HTTPClientProtocol& connection) {
  dropIdle(connection);
  Host& host = hosts_[connection.key()];
  --host.open;
  if (host.closing > 0) --host.closing;
  serve(connection.key());
}

/// Those whose turn it is. Whatever they do, the next look is a new one.
void ClientConnections::serve(const std::string& key) {
  for (auto host = hosts_.find(key); host != hosts_.end(); host = hosts_.find(key)) {
    auto& waiting = host->second.waiting;
    std::erase_if(waiting, [](const auto& waiter) { return !waiter->promise.pending(); });
    if (waiting.empty()) {
      if (host->second.open == 0) hosts_.erase(host);
      return;
    }
    makeRoom(host->second, key);
    const bool mayConnect = host->second.open < options_.maxPerHost;
    const auto turn = mayConnect ? waiting.begin() : firstOfOthers(waiting);
    if (turn == waiting.end()) return;
    HTTPClientProtocol* const free = (*turn)->fresh ? nullptr : takeIdle(key);
    if (!free && !mayConnect) return;
    const auto waiter = std::move(*turn);
    waiting.erase(turn);
    free ? free->giveTo(*waiter) : connect(waiter);
  }
}

/// Closes idle connections where those who wait for fresh ones would have to wait for them.
void ClientConnections::makeRoom(Host& host, const std::string& key) {
  const auto wanted = static_cast<std::size_t>(firstOfOthers(host.waiting) - host.waiting.begin());
  while (host.open - host.closing + wanted > options_.maxPerHost) {
    HTTPClientProtocol* const old = takeIdle(key);
    if (!old) return;
    ++host.closing;
    old->close();
  }
}

Deferred<void> ClientConnections::closeIdle() {
  std::vector<Deferred<void>> lost;
  for (HTTPClientProtocol* const connection : std::exchange(idle_, {})) {
    lost.push_back(connection->whenLost());
    connection->close();
  }
  return gatherResults(std::move(lost));
}

void ClientConnections::keepNone() {
  keepsNone_ = true;
  closeIdle();
}

}  // namespace couplet::detail
