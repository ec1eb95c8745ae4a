// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/testing/detail/memory_connection.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>

#include <couplet/reactor/errors.h>

namespace couplet::detail {

MemoryConnection::MemoryConnection(MemoryNetwork& network, ConnectionLoop& loop,
                                   std::shared_ptr<Factory> factory, Address host, Address peer)
    : Connection(loop, std::move(factory)),
      network_(network),
      host_(std::move(host)),
      peerAddress_(std::move(peer)) {}

MemoryConnection::~MemoryConnection() {
  if (peer_) peer_->reset();
  leave();
  network_.forget(*this);
}

void MemoryConnection::join(MemoryConnection& one, MemoryConnection& other) noexcept {
  one.peer_ = &other;
  other.peer_ = &one;
}

void MemoryConnection::endInput() noexcept {
  inputOver_ = true;
  hear();
}

void MemoryConnection::reset() noexcept {
  reset_ = true;
  hear();
}

void MemoryConnection::deliver() noexcept {
  if (!hasEvent()) return;
  handle([this] {
    if (blocked_ && room() > 0) {
      blocked_ = false;
      becameWritable();
    }
    if (!inbox_.empty() && wantsInput()) return receiveSome();
    if (reset_) {
      broken(Failure(ConnectionLost(std::generic_category().message(ECONNRESET))));
    } else if (inputOver_ && inbox_.empty() && !std::exchange(inputOverTold_, true)) {
      inputEnded();
    }
  });
  hear();
}

bool MemoryConnection::hasEvent() const noexcept {
  if (!begun_ || !connected()) return false;
  if (reset_ || (blocked_ && room() > 0)) return true;
  return inbox_.empty() ? inputOver_ && !inputOverTold_ : wantsInput();
}

std::size_t MemoryConnection::send(std::string_view bytes) noexcept {
  const ::iovec part{const_cast<char*>(bytes.data()), bytes.size()};
  return send(std::span(&part, 1));
}

std::size_t MemoryConnection::send(std::span<const ::iovec> parts) noexcept {
  std::size_t taken = 0;
  for (const ::iovec& part : parts) {
    const char* bytes = static_cast<const char*>(part.iov_base);
    std::size_t size = std::min(part.iov_len, room());
    if (peer_) peer_->inbox_.insert(peer_->inbox_.end(), bytes, bytes + size);
    taken += size;
    blocked_ = size < part.iov_len;
    if (blocked_) break;
  }
  if (peer_) {
    peer_->hear();
  } else {
    reset();
  }
  return taken;
}

void MemoryConnection::closeOutput() noexcept {
  if (peer_) peer_->endInput();
}

void MemoryConnection::close(Closing how) noexcept {
  if (peer_ && how == Closing::kReset) peer_->reset();
  if (peer_) peer_->endInput();
  leave();
}

void MemoryConnection::begun() {
  begun_ = true;
  hear();
}

void MemoryConnection::ended(const Failure& reason) noexcept {
  if (auto call = std::move(whenEnded_)) call(reason);
}

void MemoryConnection::hear() {
  if (hasEvent()) network_.tell(*this);
}

/// A copy of its own, which dies with this call: who keeps the view is found out.
void MemoryConnection::receiveSome() {
  auto end = inbox_.begin() + static_cast<std::ptrdiff_t>(std::min(network_.cut(), inbox_.size()));
  std::string bytes(inbox_.begin(), end);
  inbox_.erase(inbox_.begin(), end);
  if (peer_) peer_->hear();
  received(bytes);
}

/// How much more the other end takes.
std::size_t MemoryConnection::room() const noexcept {
  if (!peer_) return network_.window();
  return network_.window() - std::min(network_.window(), peer_->inbox_.size());
}

void MemoryConnection::leave() noexcept {
  MemoryConnection* peer = std::exchange(peer_, nullptr);
  if (peer == nullptr) return;
  peer->peer_ = nullptr;
  peer->hear();
}

}  // namespace couplet::detail
