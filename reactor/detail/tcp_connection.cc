// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/detail/tcp_connection.h>

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

#include <glog/logging.h>

#include <couplet/reactor/detail/connection_loop.h>
#include <couplet/reactor/detail/connector.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/log.h>

namespace couplet::detail {

namespace {

/// One connection's share of a turn, so that the others get theirs.
constexpr std::size_t kBytesPerTurn = 256 * 1024;
constexpr int kReadsPerTurn = 16;

Failure lostBecauseOf(int error) noexcept {
  try {
    return Failure(ConnectionLost(errorMessage(error)));
  } catch (...) {
    return Failure::current();
  }
}

bool isTemporary(int error) { return error == EAGAIN || error == EWOULDBLOCK; }
bool isShortage(int error) { return error == ENOBUFS || error == ENOMEM; }

::ssize_t sendParts(int socket, std::span<const ::iovec> parts) noexcept {
  if (parts.size() == 1) {
    return ::send(socket, parts[0].iov_base, parts[0].iov_len, MSG_NOSIGNAL);
  }
  ::msghdr message{};
  message.msg_iov = const_cast<::iovec*>(parts.data());
  message.msg_iovlen = parts.size();
  return ::sendmsg(socket, &message, MSG_NOSIGNAL);
}

}  // namespace

TCPConnection::TCPConnection(Sockets& sockets, Descriptor socket, const SocketAddress& peer,
                             std::shared_ptr<Factory> factory,
                             std::shared_ptr<BasicConnector> connector)
    : Connection(sockets.connections, std::move(factory)),
      sockets_(sockets),
      connector_(std::move(connector)),
      peer_(peer),
      socket_(std::move(socket)) {
  setTcpNoDelay(true);
}

TCPConnection::~TCPConnection() = default;

Address TCPConnection::getHost() const {
  if (socket_) return SocketAddress::ofSocket(socket_.get()).address();
  return host_ ? host_->address() : Address();
}

void TCPConnection::setTcpNoDelay(bool on) {
  requireThread("Transport::setTcpNoDelay");
  if (socket_ && setOption(socket_.get(), IPPROTO_TCP, TCP_NODELAY, on)) noDelay_ = on;
}

void TCPConnection::setTcpKeepAlive(bool on) {
  requireThread("Transport::setTcpKeepAlive");
  if (socket_ && setOption(socket_.get(), SOL_SOCKET, SO_KEEPALIVE, on)) keepAlive_ = on;
}

std::size_t TCPConnection::send(std::span<const ::iovec> parts) noexcept {
  for (;;) {
    ::ssize_t sent = sendParts(socket_.get(), parts);
    if (sent >= 0) return static_cast<std::size_t>(sent);
    int error = errno;
    if (error == EINTR) continue;
    if (isShortage(error)) {
      retryLater();
    } else if (!isTemporary(error)) {
      broken(lostBecauseOf(error));
    }
    return 0;
  }
}

void TCPConnection::retryLater() noexcept {
  try {
    loop().retryLater(*this);
  } catch (...) {
    broken(Failure::current());
  }
}

void TCPConnection::closeOutput() noexcept {
  if (::shutdown(socket_.get(), SHUT_WR) != 0) broken(lostBecauseOf(errno));
}

void TCPConnection::close(Closing how) noexcept {
  watch_.stop();
  host_.reset(new (std::nothrow) SocketAddress(SocketAddress::ofSocket(socket_.get())));
  if (how == Closing::kReset) {
    ::linger drop{1, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &drop, sizeof drop);
  } else {
    dropInput();
  }
  socket_.reset();
}

void TCPConnection::begun() {
  constexpr short kAll = kReadable | kWritable | kHungUp | kEdgeTriggered;
  watch_.start(
      sockets_.events, socket_.get(), kAll,
      [](int, short what, void* self) { static_cast<TCPConnection*>(self)->ready(what); }, this);
}

void TCPConnection::ended(const Failure& reason) noexcept {
  if (VLOG_IS_ON(1)) {
    LogLine::info() << "Connection with " << peer_.address() << " closed: " << reason;
  }
  if (connector_) connector_->connectionEnded(reason);
}

void TCPConnection::ready(short what) noexcept {
  handle([this, what] {
    if (what & kWritable) becameWritable();
    if (what & kHungUp) hungUp_ = true;
    if (what & (kReadable | kHungUp)) inputWaits_ = true;
    if (!wantsInput()) {
      if (inputWaits_) noticeEnd();
    } else if (continuing_ == Continuing::kNo && !readShare()) {
      continuing_ = Continuing::kNextTurn;
      loop().continueLater(*this);
    }
  });
}

/// The loop asks at the end of the turn, too, in which an event had its share read.
void TCPConnection::readMore() {
  if (continuing_ != Continuing::kNextTurn && readShare()) {
    continuing_ = Continuing::kNo;
    return;
  }
  continuing_ = Continuing::kThisTurn;
  loop().continueLater(*this);
}

/// True when there is nothing more to read, or it is not wanted; false when this was its share of
/// the turn.
///
/// After a short read nothing is left, which an answer that goes out proves: a reset that came
/// with the bytes would break it. Without an answer another read asks.
bool TCPConnection::readShare() {
  if (!inputWaits_) return true;
  std::size_t total = 0;
  for (int reads = 0; reads < kReadsPerTurn && total < kBytesPerTurn; ++reads) {
    std::size_t most = std::min(sockets_.input.size(), kBytesPerTurn - total);
    ::ssize_t size = receive(most);
    if (size <= 0) {
      readFailed(size == 0 ? 0 : errno);
      return true;
    }
    total += static_cast<std::size_t>(size);
    received({sockets_.input.data(), static_cast<std::size_t>(size)});
    if (!wantsInput()) return true;
    bool shortRead = static_cast<std::size_t>(size) < most;
    if (shortRead && !hungUp_ && sendNow()) {
      inputWaits_ = false;
      return true;
    }
    if (!connected()) return true;
  }
  return false;
}

/// Nothing was read: 0 means the end of input.
void TCPConnection::readFailed(int error) {
  inputWaits_ = false;
  if (error == 0) return inputEnded();
  if (!isTemporary(error)) broken(lostBecauseOf(error));
}

/// An event came while no input is wanted: notices a reset at once, and the end of input when
/// nothing is left to read before it.
void TCPConnection::noticeEnd() {
  if (int error = takeError(socket_.get())) return broken(lostBecauseOf(error));
  if (!hungUp_ || disconnecting()) return;
  char next;
  if (::recv(socket_.get(), &next, 1, MSG_PEEK) == 0) {
    inputWaits_ = false;
    inputEnded();
  }
}

::ssize_t TCPConnection::receive(std::size_t most) noexcept {
  ::ssize_t size;
  do {
    size = ::recv(socket_.get(), sockets_.input.data(), most, 0);
  } while (size < 0 && errno == EINTR);
  return size;
}

/// What is left unread when a socket closes makes the system send a reset, which could overtake
/// what was written: so reads it, within bounds.
void TCPConnection::dropInput() noexcept {
  char scrap[16 * 1024];  // not the shared buffer: a view of that may be in use
  for (int reads = 0; reads < kReadsPerTurn; ++reads) {
    if (::recv(socket_.get(), scrap, sizeof scrap, 0) < static_cast<::ssize_t>(sizeof scrap))
      return;
  }
}

}  // namespace couplet::detail
