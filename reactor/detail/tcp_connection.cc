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
#include <couplet/reactor/detail/connection_site.h>
#include <couplet/reactor/detail/connector.h>
#include <couplet/reactor/detail/failure_of.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/log.h>

namespace couplet::detail {

namespace {

/// One connection's share of a turn, so that the others get theirs.
constexpr std::size_t kBytesPerTurn = 256 * 1024;
constexpr std::size_t kReadsPerTurn = 16;

Failure lostBecauseOf(int error) noexcept {
  return failureFrom([error] { return ConnectionLost(errorMessage(error)); });
}

bool isTemporary(int error) { return error == EAGAIN || error == EWOULDBLOCK; }
bool isShortage(int error) { return error == ENOBUFS || error == ENOMEM; }

}  // namespace

TCPConnection::TCPConnection(Sockets& sockets, Descriptor socket, const SocketAddress& peer,
                             std::shared_ptr<Factory> factory, SourceLocation asked,
                             std::shared_ptr<BasicConnector> connector)
    : Connection(sockets.connections, std::move(factory)),
      sockets_(sockets),
      connector_(std::move(connector)),
      peer_(peer),
      socket_(std::move(socket)),
      asked_(sockets.asked.indexOf(asked)) {
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

std::size_t TCPConnection::send(std::string_view bytes) noexcept {
  const ::ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  return sent < 0 ? sendFailed(errno) : static_cast<std::size_t>(sent);
}

std::size_t TCPConnection::send(std::span<const ::iovec> parts) noexcept {
  ::msghdr message{};
  message.msg_iov = const_cast<::iovec*>(parts.data());
  message.msg_iovlen = parts.size();
  const ::ssize_t sent = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
  return sent < 0 ? sendFailed(errno) : static_cast<std::size_t>(sent);
}

/// Nothing was taken.
std::size_t TCPConnection::sendFailed(int error) noexcept {
  if (error == EINTR) {
    interrupted();
  } else if (isShortage(error)) {
    retryLater();
  } else if (!isTemporary(error)) {
    outputLost(lostBecauseOf(error));
    inputWaits_ = true;
  }
  return 0;
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

/// A reactor is watched for its whole run or not at all.
void TCPConnection::begun() {
  constexpr short kAll = kReadable | kWritable | kHungUp | kEdgeTriggered;
  watch_.start(sockets_.events, socket_.get(), kAll,
               siteWatched() ? &TCPConnection::readyWatched : &TCPConnection::ready, this);
}

void TCPConnection::ended(const Failure& reason) noexcept {
  if (VLOG_IS_ON(1)) {
    LogLine::info() << (wasAbandoned(reason) ? "Abandoned by " : "Closed the connection with ")
                    << peer_.address() << ": " << reason;
  }
  if (connector_) connector_->connectionEnded(reason);
}

void TCPConnection::describe(CallSite& site, SiteSubject& subject) const noexcept {
  site = {connector_ ? kConnectedSite : kAcceptedSite, sockets_.asked.at(asked_)};
  setPeer(subject, peer_);
}

/// Reads once, and hands on what came. Returns how much that was if there may be more that is
/// wanted, else 0.
///
/// After a short read nothing is left, which an answer that goes out proves: a reset that came
/// with the bytes would break it. Without an answer another read asks.
[[gnu::always_inline]] inline std::size_t TCPConnection::readSome(std::size_t most) {
  const ::ssize_t size = receive(most);
  if (size <= 0) {
    readFailed(size == 0 ? 0 : errno);
    return 0;
  }
  received({sockets_.input.data(), static_cast<std::size_t>(size)});
  if (!wantsInput()) {
    if (outputLoss()) readFailed(0);
    continuing_ = Continuing::kNextTurn;
    return 0;
  }
  const bool shortRead = static_cast<std::size_t>(size) < most;
  if (shortRead && !hungUp_ && sendNow()) {
    inputWaits_ = false;
    return 0;
  }
  return connected() ? static_cast<std::size_t>(size) : 0;
}

/// True when there is nothing more to read, or it is not wanted; false when this was its share of
/// the turn.
[[gnu::always_inline]] inline bool TCPConnection::readShare() {
  if (!inputWaits_) return true;
  std::size_t left = kBytesPerTurn;
  do {
    const std::size_t size = readSome(std::min(sockets_.input.size(), left));
    if (size == 0) return true;
    left -= std::min(left, std::max(size, kBytesPerTurn / kReadsPerTurn));
  } while (left > 0);
  return false;
}

inline void TCPConnection::became(short ready) {
  if (ready & kWritable) becameWritable();
  if (ready & kHungUp) hungUp_ = true;
  if (ready & (kReadable | kHungUp)) inputWaits_ = true;
  if (!wantsInput()) {
    if (inputWaits_) noticeEnd();
  } else if (continuing_ == Continuing::kNo && !readShare()) {
    continuing_ = Continuing::kNextTurn;
    loop().continueLater(*this);
  }
}

void TCPConnection::ready(int, short what, void* self) noexcept {
  auto& connection = *static_cast<TCPConnection*>(self);
  connection.handle([&connection, what] { connection.became(what); });
}

void TCPConnection::readyWatched(int descriptor, short what, void* self) noexcept {
  const RunningSite running(static_cast<TCPConnection*>(self)->site());
  ready(descriptor, what, self);
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

/// Nothing was read: 0 means the end of input, but of a connection that was reset.
void TCPConnection::readFailed(int error) {
  inputWaits_ = false;
  if (const Failure* const loss = outputLoss()) return broken(*loss);
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
  for (std::size_t reads = 0; reads < kReadsPerTurn; ++reads) {
    if (::recv(socket_.get(), scrap, sizeof scrap, 0) < static_cast<::ssize_t>(sizeof scrap))
      return;
  }
}

}  // namespace couplet::detail
