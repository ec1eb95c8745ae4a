// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <algorithm>
#include <stdexcept>
#include <utility>

#include <couplet/protocols/detail/stream_factory.h>
#include <couplet/protocols/detail/stream_state.h>
#include <couplet/reactor/log.h>

namespace couplet {

namespace detail {

Deferred<Stream> StreamFactory::accept(SourceLocation here) {
  if (accepting_ && accepting_->pending()) {
    throw std::logic_error("couplet: an accept of this StreamListener waits already");
  }
  accepting_.reset();
  if (!waiting_.empty()) {
    Stream stream = std::move(waiting_.front());
    waiting_.pop_front();
    stream.use().resume();
    return succeed(std::move(stream), here);
  }
  full_ = false;
  if (closed_) return succeed(Stream(), here);
  return accepting_.emplace(here).deferred();
}

void StreamFactory::close() {
  closed_ = true;
  waiting_.clear();
  auto accepting = std::exchange(accepting_, std::nullopt);
  if (accepting && accepting->pending()) accepting->callback(Stream());
}

std::unique_ptr<Protocol> StreamFactory::buildProtocol(const Address& peer) {
  if (closed_) return nullptr;
  if (waiting_.size() < mostWaiting_ || (accepting_ && accepting_->pending())) {
    return std::make_unique<StreamProtocol>([this](Stream stream) { arrived(std::move(stream)); });
  }
  if (!std::exchange(full_, true)) {
    LogLine::warning() << "Closing the connection with " << peer
                       << " and those that follow until all are accepted: " << waiting_.size()
                       << " wait.";
  }
  return nullptr;
}

void StreamFactory::arrived(Stream stream) {
  if (accepting_ && accepting_->pending()) {
    auto accepting = std::exchange(accepting_, std::nullopt);
    accepting->callback(std::move(stream));
  } else {
    stream.use().pause();
    waiting_.push_back(std::move(stream));
  }
}

StreamClientFactory::StreamClientFactory(SourceLocation here) : promise_(Attempt{*this}, here) {}

std::unique_ptr<Protocol> StreamClientFactory::buildProtocol(const Address&) {
  if (!promise_.pending()) return nullptr;
  return std::make_unique<StreamProtocol>(
      [this](Stream stream) { promise_.callback(std::move(stream)); });
}

void StreamClientFactory::clientConnectionFailed(const Failure& reason) {
  connector_ = nullptr;
  if (promise_.pending()) promise_.errback(reason);
}

std::string StreamClientFactory::waitsFor() const {
  return connector_ ? "a connection to " + connector_->getDestination().toString() : "a connection";
}

void StreamClientFactory::giveUp() {
  if (connector_) connector_->disconnect();
}

}  // namespace detail

StreamListener::StreamListener(std::shared_ptr<detail::StreamFactory> factory,
                               std::shared_ptr<ListeningPort> port) noexcept
    : factory_(std::move(factory)), port_(std::move(port)) {}

StreamListener::StreamListener(StreamListener&& other) noexcept = default;

StreamListener& StreamListener::operator=(StreamListener&& other) noexcept {
  StreamListener old(std::move(*this));
  factory_ = std::move(other.factory_);
  port_ = std::move(other.port_);
  return *this;
}

StreamListener::~StreamListener() {
  if (factory_) close();
}

Deferred<Stream> StreamListener::accept(SourceLocation here) {
  requireListener();
  return factory_->accept(here);
}

void StreamListener::close() {
  requireListener();
  const auto factory = factory_;  // who accepts may destroy this
  const auto port = port_;
  port->stopListening();
  factory->close();
}

Address StreamListener::getHost() const {
  requireListener();
  return port_->getHost();
}

void StreamListener::requireListener() const {
  if (!factory_) throw std::logic_error("couplet: a StreamListener is used that was moved from");
}

StreamListener listenStream(Reactor& reactor, int port, ListenOptions options) {
  const auto backlog = static_cast<std::size_t>(std::max(options.backlog, 0));
  auto factory = std::make_shared<detail::StreamFactory>(backlog);
  auto listening = reactor.listenTCP(port, factory, std::move(options));
  return {std::move(factory), std::move(listening)};
}

Deferred<Stream> connectStream(Reactor& reactor, const std::string& host, int port,
                               ConnectStreamOptions options, SourceLocation here) {
  auto factory = std::make_shared<detail::StreamClientFactory>(here);
  reactor.connectTCP(host, port, factory,
                     {.timeout = options.timeout, .bindAddress = std::string(options.bindAddress)});
  return factory->deferred();
}

}  // namespace couplet
