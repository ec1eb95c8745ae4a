// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/websocket/websocket.h>

#include <chrono>
#include <list>
#include <new>
#include <stdexcept>
#include <utility>

#include <couplet/deferred/pending.h>

namespace couplet {

namespace {

bool isOrderly(const WebSocketClosed& end) noexcept {
  const std::uint16_t code = end.reason().code();
  if (end.by() == WebSocketClosed::By::kThisSide) {
    return code != CloseReason::kProtocolError && code != CloseReason::kInvalidData &&
           code != CloseReason::kMessageTooBig;
  }
  return code == CloseReason::kNormal || code == CloseReason::kGoingAway ||
         code == CloseReason::kNoCode;
}

}  // namespace

/// What a WebSocket and its protocol share. Whatever fires a Promise here is called by the
/// protocol, which keeps this alive meanwhile: the program may destroy the WebSocket from there.
struct WebSocket::State final : private WaitDescription {
  using Received = std::optional<WebSocketMessage>;

  void received(WebSocketKind kind, std::string_view payload);
  void ended(const WebSocketClosed& why);
  void lost(const WebSocketClosed& why);
  void serve();
  void closeDropped(const CloseReason& reason);
  void drop() noexcept;

  Deferred<Received> receive(SourceLocation here);
  Failure whyLost() const { return Failure(*end); }
  Promise<Received> takeWaiting();
  static std::size_t sizeOf(const WebSocketMessage& message) noexcept {
    return sizeof message + message.payload.size();
  }

  bool waits() const noexcept { return waiting && waiting->pending(); }
  bool heldBack() const noexcept;
  bool answerable() const noexcept { return !unread.empty() || end; }
  Result<Received> answer();
  void paceInput();
  void keepAddresses() noexcept;
  std::string waitsFor() const override { return "a message from " + peerNow().toString(); }
  Address peerNow() const { return protocol ? protocol->transport().getPeer() : peer; }

  WebSocketConversation* protocol = nullptr;  // null before it was opened, and after its loss
  std::list<WebSocketMessage> unread;
  std::size_t unreadBytes = 0;               // what they take
  std::optional<Promise<Received>> waiting;  // who receives; cancelled if it is not pending
  std::optional<WebSocketClosed> end;        // after what is unread
  bool paused = false;
  bool conversing = false;  // the outcome of a conversation says how to close
  Address host;             // of a connection that is lost, as the next
  Address peer;
  std::string subprotocol;
  bool compressed = false;
};

// Receiving

void WebSocket::State::received(WebSocketKind kind, std::string_view payload) {
  WebSocketMessage message{kind, std::string(payload)};
  if (waits() && unread.empty() && !heldBack()) {
    takeWaiting().callback(Received(std::move(message)));
  } else {
    unreadBytes += sizeOf(message);
    unread.push_back(std::move(message));
  }
  paceInput();
}

Promise<WebSocket::State::Received> WebSocket::State::takeWaiting() {
  Promise<Received> promise = std::move(*waiting);
  waiting.reset();
  return promise;
}

/// The other side sends no more messages, or none is wanted any more.
void WebSocket::State::ended(const WebSocketClosed& why) {
  if (!end) end = why;
  serve();
}

void WebSocket::State::lost(const WebSocketClosed& why) {
  keepAddresses();
  protocol = nullptr;
  ended(why);
}

void WebSocket::State::keepAddresses() noexcept {
  try {
    host = protocol->transport().getHost();
    peer = protocol->transport().getPeer();
    subprotocol = protocol->subprotocol();
    compressed = protocol->compressed();
  } catch (const std::bad_alloc&) {  // they stay empty
  }
}

Deferred<WebSocket::State::Received> WebSocket::State::receive(SourceLocation here) {
  if (waits()) throw std::logic_error("couplet: a receive of this WebSocket waits already");
  if (answerable() && !heldBack()) {
    Result<Received> now = answer();
    paceInput();
    if (!now) return fail<Received>(std::move(now).failure(), here);
    return succeed(std::move(now).value(), here);
  }
  waiting.emplace(here);
  Deferred<Received> message = waiting->deferred();
  waiting->describeBy(*this);
  paceInput();
  return message;
}

/// Whether what is unread waits: too much of what messages were answered with is unsent.
bool WebSocket::State::heldBack() const noexcept {
  return protocol && protocol->transport().throttled() && protocol->connected();
}

void WebSocket::State::serve() {
  if (!waits() || !answerable() || heldBack()) return;
  Promise<Received> promise = takeWaiting();
  promise.callback(answer());
}

Result<WebSocket::State::Received> WebSocket::State::answer() {
  if (!unread.empty()) {
    Received message(std::move(unread.front()));
    unread.pop_front();
    unreadBytes -= sizeOf(*message);
    return message;
  }
  const Received none;  // a temporary would be a warning of g++ 12 under sanitizers
  if (isOrderly(*end)) return none;
  return whyLost();
}

void WebSocket::State::paceInput() {
  if (!protocol) return;
  const bool pause = unreadBytes >= kMostUnread && !waits();
  if (pause == paused) return;
  paused = pause;
  pause ? protocol->transport().pauseProducing() : protocol->transport().resumeProducing();
}

// Closing

void WebSocket::State::closeDropped(const CloseReason& reason) {
  if (protocol) protocol->close(reason);
}

/// Nobody has the WebSocket any more. Where it was in a conversation, whether that failed is known
/// in a moment.
void WebSocket::State::drop() noexcept {
  unread.clear();
  unreadBytes = 0;
  const auto receiver = std::exchange(waiting, std::nullopt);
  if (!protocol) return;
  if (!conversing) return closeDropped({});
  protocol->callLater(Duration::zero(), [this] { closeDropped({}); });
}

// The conversation's end of it

WebSocket::WebSocket() noexcept = default;
WebSocket::WebSocket(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}
WebSocket::WebSocket(WebSocket&& other) noexcept = default;

WebSocket& WebSocket::operator=(WebSocket&& other) noexcept {
  if (this == &other) return *this;
  const WebSocket before(std::exchange(state_, std::move(other.state_)));
  return *this;
}

WebSocket::~WebSocket() {
  if (state_) state_->drop();
}

WebSocket::State& WebSocket::use() const {
  if (!state_) throw std::logic_error("couplet: an empty WebSocket is used");
  return *state_;
}

Deferred<std::optional<WebSocketMessage>> WebSocket::receive(SourceLocation here) {
  return use().receive(here);
}

Deferred<void> WebSocket::send(std::string_view text, SourceLocation here) {
  State& state = use();
  return state.protocol ? state.protocol->send(text, here) : fail<void>(state.whyLost(), here);
}

Deferred<void> WebSocket::sendBinary(std::string_view bytes, SourceLocation here) {
  State& state = use();
  return state.protocol ? state.protocol->sendBinary(bytes, here)
                        : fail<void>(state.whyLost(), here);
}

Deferred<void> WebSocket::send(const PreparedMessage& message, SourceLocation here) {
  State& state = use();
  return state.protocol ? state.protocol->send(message, here) : fail<void>(state.whyLost(), here);
}

void WebSocket::beginMessage(WebSocketKind kind) {
  if (State& state = use(); state.protocol) state.protocol->beginMessage(kind);
}

Deferred<void> WebSocket::sendPiece(std::string_view piece, SourceLocation here) {
  State& state = use();
  return state.protocol ? state.protocol->sendPiece(piece, here)
                        : fail<void>(state.whyLost(), here);
}

Deferred<void> WebSocket::endMessage(SourceLocation here) {
  State& state = use();
  return state.protocol ? state.protocol->endMessage(here) : fail<void>(state.whyLost(), here);
}

Deferred<Duration> WebSocket::ping(SourceLocation here) {
  State& state = use();
  return state.protocol ? state.protocol->ping(here) : fail<Duration>(state.whyLost(), here);
}

Deferred<WebSocketClosed> WebSocket::close(const CloseReason& reason, SourceLocation here) {
  State& state = use();
  if (!state.protocol) return succeed(WebSocketClosed(*state.end), here);
  const auto alive = state_;
  state.protocol->close(reason);
  Deferred<WebSocketClosed> closed = state.protocol->whenClosed(here);
  state.ended(WebSocketClosed(WebSocketClosed::By::kThisSide, reason));
  return closed;
}

void WebSocket::abort() {
  if (State& state = use(); state.protocol) state.protocol->transport().abortConnection();
}

bool WebSocket::open() const noexcept {
  return state_ && state_->protocol && state_->protocol->open();
}

std::string_view WebSocket::subprotocol() const noexcept {
  if (!state_) return "";
  return state_->protocol ? state_->protocol->subprotocol() : state_->subprotocol;
}

bool WebSocket::compressed() const noexcept {
  if (!state_) return false;
  return state_->protocol ? state_->protocol->compressed() : state_->compressed;
}

Address WebSocket::getHost() const {
  State& state = use();
  return state.protocol ? state.protocol->transport().getHost() : state.host;
}

Address WebSocket::getPeer() const { return use().peerNow(); }

// The connection's end of it

WebSocketConversation::WebSocketConversation(Callable<void(WebSocket)> opened)
    : opened_(std::move(opened)), state_(std::make_shared<WebSocket::State>()) {}

WebSocketConversation::WebSocketConversation(Callable<Deferred<void>(WebSocket)> converse,
                                             std::shared_ptr<RunningWork> work)
    : converse_(std::move(converse)),
      work_(std::move(work)),
      state_(std::make_shared<WebSocket::State>()) {}

/// One that was replaced on its connection has not heard of the end.
WebSocketConversation::~WebSocketConversation() {
  if (!std::exchange(state_->protocol, nullptr)) return;
  const auto state = state_;
  state->ended(WebSocketClosed(WebSocketClosed::By::kConnection,
                               CloseReason(CloseReason::kAbnormal, "its protocol is gone")));
}

void WebSocketConversation::opened() {
  state_->protocol = this;
  WebSocket socket(state_);
  if (opened_) return std::exchange(opened_, {})(std::move(socket));
  state_->conversing = true;
  Deferred<void> conversation = std::exchange(converse_, {})(std::move(socket));
  work_->add(std::move(conversation).addErrback([state = state_](const Failure& failure) {
    const bool isOpen = state->protocol && state->protocol->open();
    if (failure.check<WebSocketClosed>() && !isOpen) return Result<void>();  // its own end
    state->closeDropped(CloseReason(CloseReason::kInternalError));
    return Result<void>(failure);
  }));
}

void WebSocketConversation::textReceived(std::string_view text) {
  received(WebSocketKind::kText, text);
}

void WebSocketConversation::binaryReceived(std::string_view bytes) {
  received(WebSocketKind::kBinary, bytes);
}

void WebSocketConversation::received(WebSocketKind kind, std::string_view payload) {
  const auto state = state_;
  state->received(kind, payload);
}

void WebSocketConversation::closing(const CloseReason& reason) {
  const auto state = state_;
  state->ended(WebSocketClosed(WebSocketClosed::By::kOtherSide, reason));
}

void WebSocketConversation::closed(const WebSocketClosed& why) {
  const auto state = state_;
  state->lost(why);
}

void WebSocketConversation::producingResumed() {
  const auto state = state_;
  state->serve();
  FramedProtocol::producingResumed();
}

}  // namespace couplet
