// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/detail/tcp_connector.h>

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

#include <glog/logging.h>

#include <couplet/reactor/detail/tcp_connection.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/factory.h>
#include <couplet/reactor/log.h>

namespace couplet::detail {

namespace {

/// Less would give up hosts that are merely far away.
constexpr Duration kLeastPerAddress = std::chrono::milliseconds(250);

}  // namespace

TCPConnector::TCPConnector(Sockets& sockets, std::weak_ptr<ConnectionLoop> loop,
                           Address destination, std::shared_ptr<ClientFactory> factory,
                           ConnectOptions options, SourceLocation asked)
    : BasicConnector(std::move(loop), std::move(destination), std::move(factory),
                     std::move(options), asked),
      sockets_(sockets) {}

void TCPConnector::startAttempt() {
  Address to = getDestination();
  error_ = 0;
  next_ = 0;
  auto numeric = SocketAddress::parse(to.host, to.port);
  if (!numeric) return lookUp();
  addresses_ = {*numeric};
  tryNext();
}

void TCPConnector::endAttempt() noexcept {
  if (lookUp_) sockets_.resolver.forget(*std::exchange(lookUp_, std::nullopt));
  watch_.stop();
  socket_.reset();
  if (stands_.active()) stands_.cancel();
  if (addressTimeout_.active()) addressTimeout_.cancel();
  addresses_.clear();
}

void TCPConnector::lookUp() {
  Address to = getDestination();
  lookUp_ = sockets_.resolver.lookUp(
      to.host, to.port, [weak = weak_from_this(), number = ++lookUps_](Lookup lookup) {
        auto self = std::static_pointer_cast<TCPConnector>(weak.lock());
        if (self && self->lookUp_ && self->lookUps_ == number) self->lookedUp(std::move(lookup));
      });
}

void TCPConnector::lookedUp(Lookup lookup) {
  lookUp_.reset();
  if (lookup.addresses.empty()) {
    return failLater(Failure(
        DNSLookupError("DNS lookup of " + getDestination().host + " failed: " + lookup.error)));
  }
  addresses_ = std::move(lookup.addresses);
  tryNext();
}

void TCPConnector::tryNext() {
  try {
    while (next_ < addresses_.size()) {
      int error = reachFor(addresses_[next_++]);
      if (error == 0) return;
      addressFailed(error);
    }
    failLater(failure());
  } catch (...) {
    failLater(Failure::current());
  }
}

/// 0 when the attempt is under way, or an errno value.
int TCPConnector::reachFor(const SocketAddress& address) {
  socket_ = newSocket(address.family());
  if (!socket_ || !bindSocket()) return errno;
  int result = ::connect(socket_.get(), address.data(), address.size());
  if (result == 0) {
    stands_ = sockets_.connections.clock().callLater(Duration::zero(), [this] { ready(); });
    return 0;
  }
  if (errno != EINPROGRESS && errno != EINTR) return errno;
  watch_.start(
      sockets_.events, socket_.get(), kWritable | kEdgeTriggered,
      [](int, short, void* self) { static_cast<TCPConnector*>(self)->ready(); }, this);
  limitAddress();
  return 0;
}

/// An address that does not answer leaves time for those after it.
void TCPConnector::limitAddress() {
  std::size_t others = addresses_.size() - next_;
  if (others == 0) return;
  Duration share = std::max(timeLeft() / static_cast<std::int64_t>(others + 1), kLeastPerAddress);
  addressTimeout_ =
      sockets_.connections.clock().callLater(share, [this] { giveUpAddress(ETIMEDOUT); });
}

void TCPConnector::giveUpAddress(int error) {
  auto self = shared_from_this();
  watch_.stop();
  if (addressTimeout_.active()) addressTimeout_.cancel();
  addressFailed(error);
  tryNext();
}

bool TCPConnector::bindSocket() {
  if (options().bindAddress.empty()) return true;
  auto address = SocketAddress::parse(options().bindAddress, 0);
  if (address) return ::bind(socket_.get(), address->data(), address->size()) == 0;
  errno = EADDRNOTAVAIL;
  return false;
}

/// The socket is connected, or failed to.
void TCPConnector::ready() noexcept {
  auto self = shared_from_this();
  try {
    int error = takeError(socket_.get());
    if (error == 0 && isConnectedToItself()) error = ECONNREFUSED;
    if (error == 0) return stand();
    giveUpAddress(error);
  } catch (...) {
    failLater(Failure::current());
  }
}

/// The system may choose the very port that nobody listens on for this end, and then connects the
/// two.
bool TCPConnector::isConnectedToItself() const {
  return SocketAddress::ofSocket(socket_.get()).address() == addresses_[next_ - 1].address();
}

void TCPConnector::stand() {
  watch_.stop();
  if (VLOG_IS_ON(1)) LogLine::info() << "Connected to " << getDestination();
  succeeded(std::make_unique<TCPConnection>(
      sockets_, std::move(socket_), addresses_[next_ - 1], factory(), asked(),
      std::static_pointer_cast<BasicConnector>(shared_from_this())));
}

/// That somebody refused tells more than that there was no way to others.
void TCPConnector::addressFailed(int error) noexcept {
  socket_.reset();
  if (error_ != ECONNREFUSED) error_ = error;
}

Failure TCPConnector::failure() const {
  std::string why = errorMessage(error_);
  switch (error_) {
    case ECONNREFUSED:
      return Failure(ConnectionRefusedError(subject() + " was refused"));
    case ENETUNREACH:
    case EHOSTUNREACH:
      return Failure(NoRouteError(subject() + " failed: " + why));
    case ETIMEDOUT:
      return Failure(ConnectTimeoutError(subject() + " timed out"));
    default:
      return Failure(ConnectError(subject() + " failed: " + why, error_));
  }
}

}  // namespace couplet::detail
