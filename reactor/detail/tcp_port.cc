// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/detail/tcp_port.h>

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <glog/logging.h>

#include <couplet/reactor/detail/tcp_connection.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/factory.h>
#include <couplet/reactor/log.h>

namespace couplet::detail {

namespace {

/// How many connections are accepted before others get their turn.
constexpr int kAcceptsPerEvent = 64;

/// How long to leave a port alone when the system can accept nothing.
constexpr Duration kRest = std::chrono::milliseconds(100);

Descriptor openSpare() noexcept { return Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

/// Whether accepting failed since a connection did, before it was accepted: the next one need not.
/// accept(2) lists them. Any other error is the port's or the system's, and may last.
bool isOfOneConnection(int error) {
  switch (error) {
    case ECONNABORTED:
    case EINTR:
    case EPERM:  // a firewall forbids it
    case EPROTO:
    case ENOPROTOOPT:
    case EOPNOTSUPP:
    case ETIMEDOUT:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENONET:
      return true;
    default:
      return false;
  }
}

bool bindAndListen(int socket, const SocketAddress& address, int backlog) {
  bool dualStack =
      address.family() == AF_INET6 &&
      IN6_IS_ADDR_UNSPECIFIED(&reinterpret_cast<const ::sockaddr_in6*>(address.data())->sin6_addr);
  if (address.family() == AF_INET6 && !setOption(socket, IPPROTO_IPV6, IPV6_V6ONLY, !dualStack)) {
    return false;
  }
  return setOption(socket, SOL_SOCKET, SO_REUSEADDR, 1) &&
         ::bind(socket, address.data(), address.size()) == 0 && ::listen(socket, backlog) == 0;
}

}  // namespace

std::shared_ptr<TCPPort> TCPPort::open(Sockets& sockets, int port, std::shared_ptr<Factory> factory,
                                       const ListenOptions& options, SourceLocation asked) {
  auto opened = std::make_shared<TCPPort>(sockets, std::move(factory), asked);
  opened->listen(port, options);
  try {
    opened->watch();
    sockets.connections.add(opened);
  } catch (const std::system_error& error) {
    opened->close();
    throw CannotListenError(options.interface, port, error.code().value());
  } catch (...) {
    opened->close();
    throw;
  }
  return opened;
}

TCPPort::TCPPort(Sockets& sockets, std::shared_ptr<Factory> factory, SourceLocation asked)
    : sockets_(sockets), factory_(std::move(factory)), asked_(asked) {
  if (!factory_) throw std::invalid_argument("listenTCP: there is no factory");
}

Deferred<void> TCPPort::stopListening() {
  auto self = shared_from_this();
  if (socket_) {
    sockets_.connections.thread().require("ListeningPort::stopListening");
    sockets_.connections.remove(*this);
    close();
  }
  return succeed();
}

void TCPPort::listen(int port, const ListenOptions& options) {
  auto address =
      SocketAddress::parse(options.interface.empty() ? "0.0.0.0" : options.interface, port);
  if (!address) throw CannotListenError(options.interface, port, EADDRNOTAVAIL);
  Descriptor socket = newSocket(address->family());
  if (!socket || !bindAndListen(socket.get(), *address, options.backlog)) {
    throw CannotListenError(options.interface, port, errno);
  }
  factory_->doStart();
  socket_ = std::move(socket);
  spare_ = openSpare();
  host_ = SocketAddress::ofSocket(socket_.get()).address();
  if (VLOG_IS_ON(1)) LogLine::info() << "Listening on " << host_;
}

void TCPPort::watch() {
  watch_.start(
      sockets_.events, socket_.get(), kReadable,
      [](int, short, void* self) { static_cast<TCPPort*>(self)->acceptAll(); }, this);
}

void TCPPort::acceptAll() noexcept {
  auto self = shared_from_this();  // a protocol may close this port
  try {
    for (int i = 0; i < kAcceptsPerEvent && watch_.started() && acceptOne(); ++i) {
    }
  } catch (...) {
    LogLine::error() << "A connection to " << host_ << " is closed at once: " << Failure::current();
  }
}

/// True when there may be another.
bool TCPPort::acceptOne() {
  ::sockaddr_storage address{};
  ::socklen_t size = sizeof address;
  auto* place = reinterpret_cast<::sockaddr*>(&address);
  Descriptor socket(::accept4(socket_.get(), place, &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!socket) return acceptFailed(errno);
  failures_ = complainedOf_ = 0;
  turnsAway_ = false;
  SocketAddress peer(place, size);
  if (VLOG_IS_ON(1)) {
    LogLine::info() << "Accepted a connection from " << peer.address() << " on " << host_;
  }
  auto connection =
      std::make_unique<TCPConnection>(sockets_, std::move(socket), peer, factory_, asked_);
  sockets_.connections.own(std::move(connection)).begin();
  return true;
}

bool TCPPort::acceptFailed(int error) {
  if (spare_ && (error == EMFILE || error == ENFILE)) error = turnOneAway();
  if (error == 0) return true;
  if (error == EAGAIN) {
    failures_ = 0;
    return false;
  }
  if (isOfOneConnection(error) && ++failures_ < kAcceptsPerEvent) return true;
  complain(error);
  rest();
  return false;
}

/// Once for each error: a port that rests tries again and again.
void TCPPort::complain(int error) {
  if (std::exchange(complainedOf_, error) == error) return;
  LogLine::error() << "No connection can be accepted on " << host_ << ": " << errorMessage(error);
}

/// No descriptor is left: a connection that waits is accepted in place of the spare one and closed,
/// or it would wait, and wake the loop, for ever. Returns 0, or the errno value of accepting.
int TCPPort::turnOneAway() {
  spare_.reset();
  Descriptor unlucky(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  int error = unlucky ? 0 : errno;
  unlucky.reset();
  spare_ = openSpare();
  if (error == 0 && !std::exchange(turnsAway_, true)) {
    LogLine::error() << "No descriptor is left: connections to " << host_ << " are closed at once";
  }
  return error;
}

void TCPPort::rest() {
  failures_ = 0;
  restEnds_ = sockets_.connections.clock().callLater(kRest, [this] { goOn(); });
  watch_.stop();
}

void TCPPort::goOn() {
  if (!spare_) spare_ = openSpare();
  try {
    watch();
  } catch (const std::system_error& error) {
    complain(error.code().value());
    rest();
  }
}

void TCPPort::close() noexcept {
  if (!socket_) return;
  if (VLOG_IS_ON(1)) LogLine::info() << "Closed the port on " << host_;
  watch_.stop();
  if (restEnds_.active()) restEnds_.cancel();
  socket_.reset();
  spare_.reset();
  try {
    factory_->doStop();
  } catch (...) {
    LogLine::error() << "Exception in stopFactory: " << Failure::current();
  }
}

}  // namespace couplet::detail
