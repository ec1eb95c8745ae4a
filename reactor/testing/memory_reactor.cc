// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/testing/memory_reactor.h>

#include <stdexcept>
#include <utility>

#include <glog/logging.h>

#include <couplet/reactor/errors.h>
#include <couplet/reactor/testing/detail/memory_connector.h>
#include <couplet/reactor/testing/detail/memory_loop.h>
#include <couplet/reactor/testing/detail/memory_peer.h>
#include <couplet/reactor/testing/detail/memory_port.h>

namespace couplet::testing {

using couplet::detail::MemoryConnector;
using couplet::detail::MemoryPeerFactory;
using couplet::detail::MemoryPeerRecord;
using couplet::detail::MemoryPort;

namespace {

void requirePort(int port, int lowest) {
  if (port >= lowest && port <= 65535) return;
  throw std::out_of_range("port " + std::to_string(port) + " is out of range (" +
                          std::to_string(lowest) + " to 65535)");
}

}  // namespace

MemoryClient::MemoryClient(const std::shared_ptr<MemoryConnector>& connector)
    : host(connector->getDestination().host),
      port(connector->getDestination().port),
      options(connector->options()),
      factory(connector->factory()),
      connector_(connector) {}

bool MemoryClient::waiting() const noexcept {
  auto connector = connector_.lock();
  return connector && connector->waiting();
}

MemoryPeer MemoryClient::succeed() const {
  auto record = std::make_shared<MemoryPeerRecord>();
  waitingConnector()->succeed(std::make_shared<MemoryPeerFactory>(record));
  return MemoryPeer(record);
}

void MemoryClient::fail(const Failure& reason) const { waitingConnector()->fail(reason); }

std::shared_ptr<MemoryConnector> MemoryClient::waitingConnector() const {
  auto connector = connector_.lock();
  if (connector && connector->waiting()) return connector;
  throw std::logic_error("the attempt to connect to " + Address{host, port}.toString() +
                         " does not wait for the test");
}

MemoryServer::MemoryServer(const std::shared_ptr<MemoryPort>& listening, ListenOptions options)
    : port(listening->getHost().port),
      options(std::move(options)),
      factory(listening->factory()),
      port_(listening) {}

bool MemoryServer::listening() const noexcept {
  auto port = port_.lock();
  return port && port->listening();
}

MemoryPeer MemoryServer::connect() const {
  if (!listening()) throw std::logic_error("port " + std::to_string(port) + " is closed");
  auto record = std::make_shared<MemoryPeerRecord>();
  port_.lock()->connectFrom(std::make_shared<MemoryPeerFactory>(record));
  return MemoryPeer(record);
}

class MemoryReactor::Impl {
 public:
  Impl(MemoryReactor& reactor, const MemoryReactorOptions& options) : loop(reactor, options) {}

  std::string describe() const;

  couplet::detail::MemoryLoop loop;
  std::deque<MemoryServer> servers;
  std::deque<MemoryClient> clients;
};

/// What is open, for NothingToWaitFor.
std::string MemoryReactor::Impl::describe() const {
  std::string text;
  for (const MemoryServer& server : servers) {
    if (server.listening()) text += "; port " + std::to_string(server.port) + " listens";
  }
  for (const MemoryClient& client : clients) {
    if (client.waiting()) {
      text += "; connecting to " + Address{client.host, client.port}.toString();
    }
  }
  return text;
}

MemoryReactor::MemoryReactor(MemoryReactorOptions options)
    : impl_(std::make_unique<Impl>(*this, options)) {}

MemoryReactor::~MemoryReactor() {
  LOG_IF(FATAL, impl_->loop.turning()) << "The reactor is destroyed by a call of its own.";
  impl_->loop.end();
}

couplet::detail::MemoryLoop& MemoryReactor::loop() noexcept { return impl_->loop; }

void MemoryReactor::start() { impl_->loop.core().start(); }

bool MemoryReactor::turn() { return impl_->loop.turn(); }

void MemoryReactor::flush() { impl_->loop.flush(); }

void MemoryReactor::advance(Duration by) { impl_->loop.advance(by); }

void MemoryReactor::pump(std::initializer_list<Duration> steps) {
  for (Duration step : steps) advance(step);
}

const std::deque<MemoryServer>& MemoryReactor::tcpServers() const noexcept {
  return impl_->servers;
}

const std::deque<MemoryClient>& MemoryReactor::tcpClients() const noexcept {
  return impl_->clients;
}

void MemoryReactor::failLookup(std::string host) {
  impl_->loop.network().failLookup(std::move(host));
}

void MemoryReactor::setCut(std::size_t bytes) { impl_->loop.network().setCut(bytes); }

void MemoryReactor::hold() { impl_->loop.network().hold(true); }

void MemoryReactor::release() { impl_->loop.network().hold(false); }

std::size_t MemoryReactor::delayedCalls() const noexcept {
  return impl_->loop.core().timers().size();
}

void MemoryReactor::run() {
  start();
  if (impl_->loop.run()) return;
  throw NothingToWaitFor(
      "MemoryReactor::run: no call is to come, no bytes are under way, and nobody called "
      "stop()" +
      impl_->describe());
}

void MemoryReactor::stop() { impl_->loop.core().stop(); }

bool MemoryReactor::running() const noexcept { return impl_->loop.core().running(); }

void MemoryReactor::callFromThread(Callable<void()> call, SourceLocation here) {
  impl_->loop.core().callFromThread(std::move(call), here);
}

void MemoryReactor::callWhenRunning(Callable<void()> call, SourceLocation here) {
  impl_->loop.core().callWhenRunning(std::move(call), here);
}

void MemoryReactor::addShutdownTrigger(ShutdownPhase phase, Callable<Deferred<void>()> trigger,
                                       SourceLocation here) {
  impl_->loop.core().addShutdownTrigger(phase, std::move(trigger), here);
}

std::shared_ptr<ListeningPort> MemoryReactor::listenTCP(int port, std::shared_ptr<Factory> factory,
                                                        ListenOptions options, SourceLocation) {
  requirePort(port, 0);
  auto& loop = impl_->loop;
  loop.core().requireNotOver("Reactor::listenTCP");
  auto opened = MemoryPort::open(loop, port, std::move(factory), options);
  impl_->servers.emplace_back(opened, std::move(options));
  return opened;
}

std::shared_ptr<Connector> MemoryReactor::connectTCP(const std::string& host, int port,
                                                     std::shared_ptr<ClientFactory> factory,
                                                     ConnectOptions options, SourceLocation here) {
  requirePort(port, 1);
  auto& loop = impl_->loop;
  loop.core().requireNotOver("Reactor::connectTCP");
  auto connector = std::make_shared<MemoryConnector>(loop, Address{host, port}, std::move(factory),
                                                     std::move(options), here);
  impl_->clients.emplace_back(connector);
  connector->connect();
  return connector;
}

MemoryReactor::TimePoint MemoryReactor::now() const { return impl_->loop.now(); }

DelayedCall MemoryReactor::callLater(Duration delay, Callable<void()> call, SourceLocation here) {
  return impl_->loop.core().callLater(delay, std::move(call), here);
}

}  // namespace couplet::testing
