// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/detail/connection_loop.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include <couplet/deferred/running_site.h>
#include <couplet/reactor/detail/connection.h>
#include <couplet/reactor/protocol.h>

namespace couplet::detail {

namespace {

using Flags = ConnectionFlags;

constexpr Duration kRetryDelay = std::chrono::milliseconds(50);

}  // namespace

void ConnectionQueue::push(Connection& connection) noexcept {
  connection.*link_ = nullptr;
  (last_ ? last_->*link_ : first_) = &connection;
  last_ = &connection;
}

Connection* ConnectionQueue::pop() noexcept {
  if (first_ == nullptr) return nullptr;
  Connection* connection = std::exchange(first_, first_->*link_);
  if (first_ == nullptr) last_ = nullptr;
  return connection;
}

ConnectionQueue ConnectionQueue::takeAll() noexcept {
  return std::exchange(*this, ConnectionQueue(link_));
}

void ConnectionQueue::remove(Connection& connection) noexcept {
  Connection* before = nullptr;
  for (Connection* other = first_; other != &connection; other = other->*link_) before = other;
  (before ? before->*link_ : first_) = connection.*link_;
  if (last_ == &connection) last_ = before;
}

ConnectionLoop::ConnectionLoop(Clock& clock, Duration closingDeadline) noexcept
    : clock_(clock),
      closingDeadline_(closingDeadline),
      toContinue_(&Connection::nextToContinue_),
      toFlush_(&Connection::nextToFlush_),
      toEnd_(&Connection::nextToEnd_),
      buriedConnections_(&Connection::nextToEnd_) {}

ConnectionLoop::~ConnectionLoop() {
  endAll();
  if (retryCall_.active()) retryCall_.cancel();
  if (closingCall_.active()) closingCall_.cancel();
}

Connection& ConnectionLoop::own(std::unique_ptr<Connection> connection) {
  Connection& owned = *connection;
  owned.index_ = static_cast<std::uint32_t>(connections_.size());
  connections_.push_back(std::move(connection));
  return owned;
}

const Connection* ConnectionLoop::find(std::uint32_t number) const noexcept {
  for (const std::unique_ptr<Connection>& each : connections_) {
    if (each->number_ == number) return each.get();
  }
  return nullptr;
}

std::string ConnectionsOfLoop::connectionName(std::uint32_t number) const {
  const Connection* found = loop_.find(number);
  if (!found) return {};
  return "connection " + std::to_string(number) + " with " + found->getPeer().toString();
}

void ConnectionLoop::add(std::shared_ptr<OpenEnd> end) { ends_.push_back(std::move(end)); }

void ConnectionLoop::remove(OpenEnd& end) noexcept {
  std::erase_if(ends_, [&](const std::shared_ptr<OpenEnd>& other) { return other.get() == &end; });
}

void ConnectionLoop::continueLater(Connection& connection) noexcept {
  if (connection.flags_.any(Flags::kQueuedToContinue | Flags::kEnded)) return;
  connection.flags_.set(Flags::kQueuedToContinue);
  toContinue_.push(connection);
}

void ConnectionLoop::flushLater(Connection& connection) noexcept {
  if (connection.flags_.any(Flags::kQueuedToFlush | Flags::kEnded)) return;
  connection.flags_.set(Flags::kQueuedToFlush);
  toFlush_.push(connection);
  group_[groupSize_++] = &connection;
  if (groupSize_ == group_.size()) sendGroup();
}

/// What is left, and who waits for its end, is seen to by `flush`.
void ConnectionLoop::sendGroup() noexcept {
  groupSize_ = 0;
  for (Connection* const connection : group_) connection->sendNow();
}

void ConnectionLoop::retryLater(Connection& connection) {
  if (connection.flags_.any(Flags::kQueuedToRetry)) return;
  if (!retryCall_.active()) retryCall_ = clock_.callLater(kRetryDelay, [this] { retry(); });
  toRetry_.push_back(&connection);
  connection.flags_.set(Flags::kQueuedToRetry);
}

void ConnectionLoop::watchClosing() {
  if (closingCall_.active()) return;
  closingCall_ = clock_.callLater(closingDeadline_, [this] { checkClosing(); });
}

void ConnectionLoop::endLater(Connection& connection) noexcept { toEnd_.push(connection); }

void ConnectionLoop::reserveGrave() {
  if (buriedProtocols_.size() < buriedProtocols_.capacity()) return;
  buriedProtocols_.reserve(2 * buriedProtocols_.size() + 1);
}

void ConnectionLoop::bury(std::unique_ptr<Protocol>&& protocol) {
  if (protocol) buriedProtocols_.push_back(std::move(protocol));
}

void ConnectionLoop::destroyBuried() noexcept {
  if (buriedConnections_.empty() && buriedProtocols_.empty()) return;
  auto protocols = std::exchange(buriedProtocols_, {});
  ConnectionQueue connections = buriedConnections_.takeAll();
  ConnectionQueue withoutProtocol(&Connection::nextToEnd_);
  while (Connection* connection = connections.pop()) {
    const RunningSite running(connection->site());
    connection->protocol_.reset();  // may still use any transport
    withoutProtocol.push(*connection);
  }
  protocols.clear();
  while (Connection* connection = withoutProtocol.pop()) delete connection;
}

void ConnectionLoop::continueReading() noexcept {
  ConnectionQueue connections = toContinue_.takeAll();
  while (Connection* connection = connections.pop()) {
    connection->flags_.clear(Flags::kQueuedToContinue);
    connection->continueReading();
  }
}

void ConnectionLoop::flush() noexcept {
  if (toFlush_.empty()) return;
  groupSize_ = 0;
  ConnectionQueue connections = toFlush_.takeAll();
  while (Connection* connection = connections.pop()) {
    connection->flags_.clear(Flags::kQueuedToFlush);
    connection->flush();
  }
}

void ConnectionLoop::leaveFlush(Connection& connection) noexcept {
  toFlush_.remove(connection);
  const auto end = group_.begin() + groupSize_;
  groupSize_ =
      static_cast<std::size_t>(std::remove(group_.begin(), end, &connection) - group_.begin());
}

void ConnectionLoop::deliverLost() {
  ConnectionQueue lost = toEnd_.takeAll();
  while (Connection* connection = lost.pop()) {
    connection->end();
    release(*connection);
  }
}

bool ConnectionLoop::hasWork() const noexcept {
  return !(toContinue_.empty() && toFlush_.empty() && toEnd_.empty() &&
           buriedConnections_.empty() && buriedProtocols_.empty());
}

void ConnectionLoop::closeAll() {
  closing_ = true;
  shutDownEnds();
  for (auto& connection : connections_) connection->shutDown();
}

void ConnectionLoop::abortAll() {
  for (auto& connection : connections_) connection->abortConnection();
}

void ConnectionLoop::endAll() noexcept {
  closing_ = over_ = true;
  shutDownEnds();
  while (!connections_.empty() || hasWork()) {
    abortAll();
    deliverLost();
    destroyBuried();
  }
}

void ConnectionLoop::shutDownEnds() noexcept {
  auto ends = std::exchange(ends_, {});
  for (auto& end : ends) end->shutDown();
}

void ConnectionLoop::retry() {
  auto connections = std::exchange(toRetry_, {});
  for (Connection* connection : connections) {
    connection->flags_.clear(Flags::kQueuedToRetry);
    connection->becameWritable();
  }
}

void ConnectionLoop::checkClosing() {
  bool more = false;
  for (auto& connection : connections_) {
    if (!connection->lingers()) continue;
    connection->checkProgress();
    more = true;
  }
  if (!more) return;
  try {
    watchClosing();
  } catch (...) {  // there is no memory to wait any longer
    for (auto& connection : connections_) {
      if (connection->lingers()) connection->abortConnection();
    }
  }
}

/// Buries a connection that has ended.
void ConnectionLoop::release(Connection& connection) {
  if (connection.flags_.any(Flags::kQueuedToContinue)) toContinue_.remove(connection);
  if (connection.flags_.any(Flags::kQueuedToFlush)) leaveFlush(connection);
  if (connection.flags_.any(Flags::kQueuedToRetry)) std::erase(toRetry_, &connection);
  std::swap(connections_[connection.index_], connections_.back());
  connections_[connection.index_]->index_ = connection.index_;
  buriedConnections_.push(*connections_.back().release());
  connections_.pop_back();
}

}  // namespace couplet::detail
