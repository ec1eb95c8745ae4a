// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The life of a WebSocket, and what it receives.
#include <couplet/protocols/websocket/websocket_protocol.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <stdexcept>
#include <utility>
#include <vector>

#include <couplet/protocols/websocket/detail/frame_writer.h>
#include <couplet/protocols/websocket/detail/handshake.h>
#include <couplet/protocols/websocket/detail/message_inflater.h>
#include <couplet/protocols/websocket/detail/open_websockets.h>
#include <couplet/protocols/websocket/detail/websocket_work.h>

namespace couplet {

using By = WebSocketClosed::By;

WebSocketProtocol::WebSocketProtocol() : parser_(WebSocketSide::kServer, {}) {}

/// One that was replaced on its connection has not heard of the end.
WebSocketProtocol::~WebSocketProtocol() {
  if (work_) work_->unsent.take();
  if (state_ == State::kNew || state_ == State::kLost) return;
  all_->remove(*this);
  all_->tellIfNone();
}

void WebSocketProtocol::agreed(WebSocketSide side, std::shared_ptr<detail::OpenWebSockets> all,
                               const detail::WebSocketAgreement& agreement) {
  if (all_) throw std::logic_error("WebSocketProtocol: it was agreed on already");
  all_ = std::move(all);
  client_ = side == WebSocketSide::kClient;
  const WebSocketOptions& options = all_->options();
  parser_ = WebSocketParser(side, {.message = options.messageLimit, .frame = options.frameLimit});
  if (!agreement.subprotocol.empty()) work().subprotocol = agreement.subprotocol;
  if (agreement.deflate && options.compression) compressAs(*agreement.deflate);
  if (connected()) begin();
}

void WebSocketProtocol::agreed(WebSocketSide side, const WebSocketOptions& options,
                               std::string_view subprotocol) {
  detail::WebSocketAgreement agreement{std::string(subprotocol), {}};
  if (const auto& how = options.compression) {
    agreement.deflate = {how->serverContextTakeover, how->clientContextTakeover,
                         how->serverMaxWindowBits, how->clientMaxWindowBits};
  }
  agreed(side, std::make_shared<detail::OpenWebSockets>(options), agreement);
}

void WebSocketProtocol::compressAs(const detail::DeflateParameters& both) {
  const WebSocketCompression& how = *all_->options().compression;
  const int serverBits = both.serverMaxWindowBits;
  const int clientBits = both.clientMaxWindowBits;
  const bool keepsTheirs = client_ ? both.serverKeepsContext : both.clientKeepsContext;
  const bool keepsOurs = client_ ? both.clientKeepsContext : both.serverKeepsContext;
  parser_.inflateWith(
      std::make_unique<detail::MessageInflater>(client_ ? serverBits : clientBits, keepsTheirs));
  work().windowBits = client_ ? clientBits : serverBits;
  work().deflater.emplace(work().windowBits, keepsOurs, how.level, how.memoryLevel);
}

detail::WebSocketWork& WebSocketProtocol::work() {
  if (!work_) work_ = std::make_unique<detail::WebSocketWork>();
  return *work_;
}

std::string_view WebSocketProtocol::subprotocol() const noexcept {
  return work_ ? std::string_view(work_->subprotocol) : std::string_view();
}

bool WebSocketProtocol::compressed() const noexcept { return work_ && work_->deflater; }

void WebSocketProtocol::connectionMade() {
  if (all_) begin();
}

void WebSocketProtocol::begin() {
  all_->add(*this, transport().clock());
  state_ = State::kOpen;
  heardAt_ = transport().clock().now();
  expectSilence();
  try {
    opened();
  } catch (...) {
    closeForException();
    throw;
  }
  if (const CloseReason* const reason = all_->closing()) {
    closeWithin(*reason, all_->options().closeTimeout);
  }
}

/// What is unsent is tried once, when the exception has closed the connection.
void WebSocketProtocol::closeForException() {
  if (!open()) return;
  keepReason(By::kThisSide, CloseReason(CloseReason::kInternalError));
  writeClose(work_->why->reason());
}

// Receiving

void WebSocketProtocol::dataReceived(std::string_view bytes) {
  if (!all_) throw std::logic_error("WebSocketProtocol: there was no handshake; see agreed()");
  heardAt_ = transport().clock().now();
  FramedProtocol::dataReceived(bytes);
}

bool WebSocketProtocol::parseNext(std::string_view& bytes) {
  const WebSocketEvent event = parser_.next(bytes);
  if (event == WebSocketEvent::kNeedMore) return false;
  try {
    return deliver(event);
  } catch (...) {
    closeForException();
    throw;
  }
}

inline bool WebSocketProtocol::deliver(WebSocketEvent event) {
  switch (event) {
    case WebSocketEvent::kText:
      if (state_ == State::kOpen) textReceived(parser_.payload());
      break;
    case WebSocketEvent::kBinary:
      if (state_ == State::kOpen) binaryReceived(parser_.payload());
      break;
    case WebSocketEvent::kPing:
      if (state_ == State::kOpen) writeFrame({detail::Opcode::kPong}, parser_.payload());
      break;
    case WebSocketEvent::kPong:
      pongCame(parser_.payload());
      break;
    case WebSocketEvent::kClose:
      closeReceived(parser_.closeReason());
      return true;
    case WebSocketEvent::kRefused:
      refuse(parser_.refused());
      return true;
    case WebSocketEvent::kNeedMore:
      return false;
  }
  const bool wasMessage = event == WebSocketEvent::kText || event == WebSocketEvent::kBinary;
  if (wasMessage && compressed()) compressedJustNow();
  parser_.release();
  return true;
}

void WebSocketProtocol::textReceived(std::string_view) {
  close(CloseReason(CloseReason::kUnsupportedData, "no text is taken here"));
}

void WebSocketProtocol::binaryReceived(std::string_view) {
  close(CloseReason(CloseReason::kUnsupportedData, "no binary messages are taken here"));
}

namespace {

/// Those that a pong answers: its ping and those before. RFC 6455, 5.5.3.
std::vector<detail::WebSocketWork::Ping> takePings(detail::WebSocketWork& work,
                                                   std::string_view payload) {
  std::uint64_t number = 0;
  const char* const end = payload.data() + payload.size();
  const auto read = std::from_chars(payload.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || number > work.lastPing) return {};
  const auto later = std::find_if(work.pings.begin(), work.pings.end(),
                                  [&](const auto& ping) { return ping.number > number; });
  std::vector<detail::WebSocketWork::Ping> answered(std::make_move_iterator(work.pings.begin()),
                                                    std::make_move_iterator(later));
  work.pings.erase(work.pings.begin(), later);
  return answered;
}

}  // namespace

void WebSocketProtocol::pongCame(std::string_view payload) {
  if (state_ != State::kOpen) return;
  if (work_ && !work_->pings.empty()) {
    for (auto& ping : takePings(*work_, payload)) {
      if (ping.answer.pending())
        ping.answer.callback(std::max(heardAt_ - ping.sentAt, Duration::zero()));
    }
  }
  pongReceived(parser_.payload());
}

void WebSocketProtocol::closeReceived(const CloseReason& reason) {
  if (state_ == State::kOpen) {
    keepReason(By::kOtherSide, reason);
    closing(reason);
    if (state_ == State::kOpen) writeClose(reason);
  }
  if (state_ <= State::kClosing) handshakeIsOver();
}

/// What came cannot be understood. The connection's input is read on, and dropped, for a while, so
/// that the other side reads why before its bytes meet a reset.
void WebSocketProtocol::refuse(const CloseReason& reason) {
  refuseInput();
  if (state_ == State::kClosed) return;
  if (state_ == State::kOpen) {
    keepReason(By::kThisSide, reason);
    writeClose(reason);
  }
  expectEndWithin(all_->options().closeTimeout);
  state_ = State::kClosed;
  transport().loseWriteConnection();
}

std::string WebSocketProtocol::takeUnfinished() {
  throw std::logic_error("WebSocketProtocol: nothing follows a WebSocket on its connection");
}

// Closing

void WebSocketProtocol::close(const CloseReason& reason) {
  detail::requireSendable(reason);
  if (open()) closeWithin(reason, all_->options().closeTimeout);
}

void WebSocketProtocol::closeWithin(const CloseReason& reason, Duration patience) {
  const bool first = open();
  if (!first && state_ != State::kClosing && state_ != State::kClosed) return;
  expectEndWithin(patience);
  if (first) {
    keepReason(By::kThisSide, reason);
    writeClose(reason);
    state_ = State::kClosing;
  }
  if (transport().paused()) transport().resumeProducing();
}

/// The server closes the connection, the client waits for that: RFC 6455, 7.1.1.
void WebSocketProtocol::handshakeIsOver() {
  work().why = work().why->clean();
  expectEndWithin(all_->options().closeTimeout);
  state_ = State::kClosed;
  refuseInput();
  if (!client_) transport().loseConnection();
}

void WebSocketProtocol::keepReason(By by, const CloseReason& reason) {
  if (!work().why) work().why.emplace(by, reason);
}

WebSocketClosed WebSocketProtocol::whyNotOpen() const {
  if (work_ && work_->why) return *work_->why;
  return WebSocketClosed(By::kConnection,
                         CloseReason(CloseReason::kAbnormal, "the connection does not stand"));
}

WebSocketClosed WebSocketProtocol::whyLost(const Failure& reason) const {
  if (work_ && work_->why) return *work_->why;
  return WebSocketClosed(By::kConnection, CloseReason(CloseReason::kAbnormal, reason.message()));
}

Deferred<WebSocketClosed> WebSocketProtocol::whenClosed(SourceLocation here) {
  if (state_ == State::kLost) return succeed(whyNotOpen(), here);
  work().ends.emplace_back(here);
  return work().ends.back().deferred();
}

void WebSocketProtocol::connectionLost(const Failure& reason) {
  const bool wasOpened = state_ != State::kNew;
  if (wasOpened) all_->remove(*this);
  state_ = State::kLost;
  const WebSocketClosed why = whyLost(reason);
  work().why = why;
  const Failure failure(why);
  auto pings = std::exchange(work_->pings, {});
  auto ends = std::exchange(work_->ends, {});
  detail::UnsentWrites::fail(work_->unsent.take(), failure);
  for (auto& ping : pings) {
    if (ping.answer.pending()) ping.answer.errback(failure);
  }
  for (auto& end : ends) {
    if (end.pending()) end.callback(why);
  }
  if (!wasOpened) return;
  try {
    closed(why);
  } catch (...) {
    all_->tellIfNone();
    throw;
  }
  all_->tellIfNone();
}

}  // namespace couplet
