// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/detail/connector.h>

#include <stdexcept>
#include <utility>

#include <glog/logging.h>

#include <couplet/deferred/running_site.h>
#include <couplet/reactor/detail/connection.h>
#include <couplet/reactor/detail/connection_site.h>
#include <couplet/reactor/detail/failure_of.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/factory.h>
#include <couplet/reactor/log.h>

namespace couplet::detail {

BasicConnector::BasicConnector(std::weak_ptr<ConnectionLoop> loop, Address destination,
                               std::shared_ptr<ClientFactory> factory, ConnectOptions options,
                               SourceLocation asked)
    : loop_(std::move(loop)),
      destination_(std::move(destination)),
      factory_(std::move(factory)),
      options_(std::move(options)),
      asked_(asked) {
  if (!factory_) throw std::invalid_argument("connectTCP: there is no factory");
  if (options_.timeout < Duration::zero()) {
    throw std::invalid_argument("connectTCP: the time-out is negative");
  }
  if (destination_.host.find('\0') != std::string::npos) {
    throw std::invalid_argument("connectTCP: the host's name has a NUL in it");
  }
}

BasicConnector::~BasicConnector() = default;

void BasicConnector::connect() {
  requireThread("Connector::connect");
  if (state_ != State::kIdle) throw std::logic_error(subject() + " is made or being made already");
  std::shared_ptr<ConnectionLoop> loop = loop_.lock();
  if (!loop || loop->over() || (tried_ && loop->closing())) return;
  beginAttempt(*loop);
  auto kept = self();
  tellFactory("startedConnecting", [this] { factory_->startedConnecting(*this); });
  if (state_ != State::kConnecting) return;
  if (loop->closing()) return failLater(Failure(UserError()));
  try {
    startAttempt();
  } catch (...) {
    failLater(Failure::current());
  }
}

void BasicConnector::beginAttempt(ConnectionLoop& loop) {
  factory_->doStart();
  try {
    timeout_ = loop.clock().callLater(options_.timeout, [this] { timeIsUp(); });
    loop.add(self());
  } catch (...) {
    if (timeout_.active()) timeout_.cancel();
    tellFactory("stopFactory", [this] { factory_->doStop(); });
    throw;
  }
  tried_ = true;
  state_ = State::kConnecting;
}

void BasicConnector::stopConnecting() {
  requireThread("Connector::stopConnecting");
  if (state_ != State::kConnecting) throw std::logic_error(subject() + " is not being made");
  failLater(Failure(UserError()));
}

void BasicConnector::disconnect() {
  requireThread("Connector::disconnect");
  if (state_ == State::kConnecting) stopConnecting();
  if (state_ == State::kConnected) connection_->loseConnection();
}

void BasicConnector::shutDown() noexcept {
  std::optional<Failure> known = std::exchange(reason_, std::nullopt);
  failed(known ? *known : failureOf<UserError>());
}

void BasicConnector::connectionEnded(const Failure& reason) noexcept {
  state_ = State::kIdle;
  connection_ = nullptr;
  tellFactory("clientConnectionLost", [&] { factory_->clientConnectionLost(reason); });
  tellFactory("stopFactory", [this] { factory_->doStop(); });
}

void BasicConnector::succeeded(std::unique_ptr<Connection> connection) {
  std::shared_ptr<ConnectionLoop> loop = loop_.lock();
  auto kept = self();
  Connection& owned = loop->own(std::move(connection));
  if (timeout_.active()) timeout_.cancel();
  endAttempt();
  loop->remove(*this);
  state_ = State::kConnected;
  connection_ = &owned;
  owned.begin();
}

void BasicConnector::failLater(const Failure& reason) {
  endAttempt();
  state_ = State::kFailing;
  reason_ = reason;
  if (timeout_.active()) timeout_.reset(Duration::zero());  // needs no memory
}

void BasicConnector::timeIsUp() {
  if (state_ == State::kFailing) return failed(*std::exchange(reason_, std::nullopt));
  failed(failureFrom([this] { return ConnectTimeoutError(subject() + " timed out"); }));
}

void BasicConnector::requireThread(const char* call) const noexcept {
  if (auto loop = loop_.lock()) loop->thread().require(call);
}

Duration BasicConnector::timeLeft() const {
  std::shared_ptr<ConnectionLoop> loop = loop_.lock();
  return timeout_.active() && loop ? timeout_.getTime() - loop->clock().now() : Duration::zero();
}

std::string BasicConnector::subject() const { return "Connection to " + destination_.toString(); }

std::shared_ptr<BasicConnector> BasicConnector::self() {
  return std::static_pointer_cast<BasicConnector>(shared_from_this());
}

void BasicConnector::failed(const Failure& reason) noexcept {
  auto kept = self();  // the loop lets go of it
  if (timeout_.active()) timeout_.cancel();
  endAttempt();
  if (auto loop = loop_.lock()) loop->remove(*this);
  state_ = State::kIdle;
  if (VLOG_IS_ON(1)) LogLine::info() << subject() << " failed: " << reason;
  tellFactory("clientConnectionFailed", [&] { factory_->clientConnectionFailed(reason); });
  tellFactory("stopFactory", [this] { factory_->doStop(); });
}

template <class F>
void BasicConnector::tellFactory(const char* what, F tell) noexcept {
  const RunningSite site(asked_, kConnectorSite);
  try {
    tell();
  } catch (...) {
    Failure failure = Failure::current();
    LogLine::error() << "Exception in " << what << ": " << failure << " (" << failure.typeName()
                     << ")";
  }
}

}  // namespace couplet::detail
