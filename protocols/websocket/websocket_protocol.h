// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What speaks on a WebSocket: subclass WebSocketProtocol, and serve it (websocket_resource.h) or
// connect it (websocket_client.h). For a conversation that reads from top to bottom there is
// websocket.h. All of it happens on the reactor's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <couplet/deferred/deferred.h>
#include <couplet/protocols/framed_protocol.h>
#include <couplet/protocols/websocket/close_reason.h>
#include <couplet/protocols/websocket/errors.h>
#include <couplet/protocols/websocket/websocket_message.h>
#include <couplet/protocols/websocket/websocket_options.h>
#include <couplet/protocols/websocket/websocket_parser.h>

namespace couplet::detail {
class OpenWebSockets;
struct DeflateParameters;
struct FrameKind;
struct WebSocketAgreement;
struct WebSocketWork;
}  // namespace couplet::detail

#pragma GCC visibility push(default)
namespace couplet {

struct BroadcastOptions;

/// One end of a WebSocket: RFC 6455. Autobahn's WebSocketProtocol.
///
///     opened -> (textReceived | binaryReceived | pongReceived)* -> closed
///
/// Pings are answered, and the other side is pinged when it is silent; bytes that are no WebSocket
/// close it with the code that says why. How delivery stops and goes on with `pauseProducing` and
/// `resumeProducing`: see FramedProtocol.
///
///     class Echo : public WebSocketProtocol {
///       void textReceived(std::string_view text) override { send(text); }
///     };
class WebSocketProtocol : public FramedProtocol {
 public:
  WebSocketProtocol();
  ~WebSocketProtocol() override;

  // Events: override what you want to hear.

  /// The WebSocket stands: `send` works from now on.
  virtual void opened() {}

  /// A whole message came. The view is valid until the call returns: copy what you keep. By
  /// default closes with 1003, since nobody takes that kind.
  virtual void textReceived(std::string_view text);
  virtual void binaryReceived(std::string_view bytes);

  /// The other side answered a ping, or says that it is there. Nothing has to be done.
  virtual void pongReceived(std::string_view) {}

  /// The other side closes, for `reason`; it is answered, with the same code, when this returns.
  /// For one who has something to say first; no message is received any more.
  virtual void closing(const CloseReason&) {}

  /// The WebSocket is over and its connection lost. Comes once, after `opened`.
  virtual void closed(const WebSocketClosed&) {}

  // Requests.

  /// Sends a message. It is copied, or framed, before this returns, and is sent whatever becomes of
  /// the Deferred, which fires at once while no more than Producer::kHighMark is unsent, else when
  /// all is sent. Fails with WebSocketClosed on one that is closing or lost: who does not wait for
  /// it asks `open()` first. While one waits, the transport's producer is the WebSocket's own.
  /// Fails with std::invalid_argument for a text that is no UTF-8, and with std::logic_error
  /// between beginMessage and endMessage.
  Deferred<void> send(std::string_view text, SourceLocation here = SourceLocation::current());
  Deferred<void> sendBinary(std::string_view bytes,
                            SourceLocation here = SourceLocation::current());
  Deferred<void> send(const PreparedMessage& message,
                      SourceLocation here = SourceLocation::current());

  /// Sends a message in pieces, each a frame of its own, for one who does not have it whole:
  /// beginMessage, sendPiece any number of times, endMessage. Autobahn's beginMessage,
  /// sendMessageFrame and endMessage. `beginMessage` throws std::logic_error in a message, the
  /// others fail with it where there is none; a text that is no UTF-8 is refused by the piece that
  /// shows it, which is not sent.
  void beginMessage(WebSocketKind kind);
  Deferred<void> sendPiece(std::string_view piece, SourceLocation here = SourceLocation::current());
  Deferred<void> endMessage(SourceLocation here = SourceLocation::current());

  /// Asks whether the other side is there: fires when it has answered, with the time that took.
  /// Fails with WebSocketClosed, and with std::length_error while kMostPings wait.
  Deferred<Duration> ping(SourceLocation here = SourceLocation::current());
  static constexpr std::size_t kMostPings = 64;

  /// Closes: says why, waits for the other side to say that it has heard, and loses the connection;
  /// aborts it after WebSocketOptions::closeTimeout. What comes meanwhile is dropped. Throws
  /// std::invalid_argument for a reason that may not be sent: see CloseReason::mayBeSent, kMaxText,
  /// and a text that is no UTF-8. Does nothing before `opened`, and on one that is closing already.
  void close(const CloseReason& reason = {});

  /// Fires, with what `closed` gets, when the connection is lost; at once, where it is. For who
  /// waits for the end of it, after `close` or without.
  Deferred<WebSocketClosed> whenClosed(SourceLocation here = SourceLocation::current());

  // Queries.

  /// Whether messages can be sent: from `opened` until either side closes.
  bool open() const noexcept { return state_ == State::kOpen && connected(); }

  /// What both sides agreed on; "" for none. Valid from `opened` on, as long as this.
  std::string_view subprotocol() const noexcept;

  /// Whether permessage-deflate was agreed on.
  bool compressed() const noexcept;

  // For whoever makes the handshake, and for tests: see testing/websocket.h.

  /// Says what was agreed on. `all` has the options, and is shared by the WebSockets of one
  /// resource. Opens the WebSocket, if the connection stands, else when it does: what `opened`
  /// throws comes out. REQUIRES: to be called once, before bytes come
  void agreed(WebSocketSide side, std::shared_ptr<detail::OpenWebSockets> all,
              const detail::WebSocketAgreement& agreement);

  /// The same, for one WebSocket alone; with `options.compression` permessage-deflate was agreed
  /// on, just as those say. For a handshake of your own.
  void agreed(WebSocketSide side, const WebSocketOptions& options,
              std::string_view subprotocol = "");

  void connectionMade() final;
  void dataReceived(std::string_view bytes) final;
  void connectionLost(const Failure& reason) final;
  std::string unfinished() const final { return parser_.unfinished(); }

 protected:
  bool parseNext(std::string_view& bytes) final;
  /// Throws std::logic_error: nothing follows a WebSocket on its connection.
  std::string takeUnfinished() final;

 private:
  friend class detail::OpenWebSockets;
  friend bool broadcastTo(WebSocketProtocol&, const PreparedMessage&, const BroadcastOptions&);

  static constexpr Clock::TimePoint kNever = Clock::TimePoint::max();

  enum class State : std::uint8_t {
    kNew,      // before connectionMade
    kOpen,     // may send
    kClosing,  // has sent a Close frame, and waits for one
    kClosed,   // waits for the connection's end, and drops what comes
    kLost,     // has heard of it
  };

  detail::WebSocketWork& work();
  void compressAs(const detail::DeflateParameters& both);
  void begin();
  void closeForException();

  // Receiving.
  bool deliver(WebSocketEvent event);
  void closeReceived(const CloseReason& reason);
  void pongCame(std::string_view payload);
  void refuse(const CloseReason& reason);

  // Sending.
  Deferred<void> sendMessage(WebSocketKind kind, std::string_view payload, SourceLocation here);
  Deferred<void> sent(SourceLocation here);
  void writeMessage(WebSocketKind kind, std::string_view payload);
  void writeCompressed(WebSocketKind kind, std::string_view payload);
  void writeFragments(WebSocketKind kind, std::string_view payload, bool compressed);
  void writePiece(std::string_view piece, bool last);
  void writeFrame(detail::FrameKind kind, std::string_view payload);
  void writePrepared(const PreparedMessage& message);
  bool writeShared(const PreparedMessage& message);
  void writeClose(const CloseReason& reason);
  bool compresses(std::size_t size) const noexcept;
  void compressedJustNow();
  WebSocketClosed whyNotOpen() const;

  // Closing.
  void closeWithin(const CloseReason& reason, Duration patience);
  void handshakeIsOver();
  void keepReason(WebSocketClosed::By by, const CloseReason& reason);
  WebSocketClosed whyLost(const Failure& reason) const;

  // Times.
  void expectSilence();
  void expectEndWithin(Duration patience);
  void deadlinePassed();
  void askSilentOne(Clock::TimePoint now);
  bool takesNothing(Clock::TimePoint now);
  void restWhenIdle(Clock::TimePoint now);
  void giveUp(Duration patience, const char* what);

  WebSocketParser parser_;
  std::shared_ptr<detail::OpenWebSockets> all_;  // null before `agreed`
  std::unique_ptr<detail::WebSocketWork> work_;  // null until there is some
  WebSocketProtocol* nextOfAll_ = nullptr;       // in a list of all_, from kOpen to kLost
  WebSocketProtocol* previousOfAll_ = nullptr;
  Clock::TimePoint deadline_ = kNever;    // all_ calls deadlinePassed then
  Clock::TimePoint heardAt_{};            // when bytes came last
  Clock::TimePoint pingedAt_ = kNever;    // for silence, and has not heard since; else kNever
  std::size_t written_ = 0;               // bytes, in all
  std::size_t sentBefore_ = 0;            // of them, at progressAt_
  Clock::TimePoint progressAt_ = kNever;  // the last look at which some had left; or all had
  State state_ = State::kNew;
  bool client_ = false;
};

}  // namespace couplet
#pragma GCC visibility pop
