// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A WebSocket as a conversation, by `co_await`. The same Deferreds take callbacks, too. All of it
// happens on the reactor's thread.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include <couplet/deferred/callable.h>
#include <couplet/deferred/deferred.h>
#include <couplet/deferred/running_work.h>
#include <couplet/protocols/websocket/websocket_protocol.h>
#include <couplet/reactor/address.h>

#pragma GCC visibility push(default)
namespace couplet {

class WebSocketConversation;

/// One end of a WebSocket:
///
///     Deferred<void> echo(WebSocket socket) {
///       while (auto message = co_await socket.receive()) co_await socket.send(message->payload);
///     }
///
/// Move-only. It owns its end of the conversation: when it is destroyed the WebSocket is closed
/// with 1000. The connection may go first: what was
/// received can still be received, and everything else fails with WebSocketClosed. Destroying it
/// while somebody waits for a message gives them AbandonedError.
///
/// Messages that nobody receives pause the connection: at most kMostUnread bytes, and the messages
/// of one delivery of the transport, are kept.
class WebSocket {
 public:
  static constexpr std::size_t kMostUnread = 64 * 1024;

  /// An empty one, which is no connection: using it throws std::logic_error.
  WebSocket() noexcept;
  WebSocket(WebSocket&& other) noexcept;
  WebSocket& operator=(WebSocket&& other) noexcept;
  ~WebSocket();

  /// False for an empty one: default-made or moved-from.
  explicit operator bool() const noexcept { return state_ != nullptr; }

  /// The next message; nothing when the other side closed with 1000, 1001 or without a code, or
  /// this side closed, but not for bytes that it cannot take (1002, 1007, 1009). Fails with
  /// WebSocketClosed where it ended otherwise, every time. One that is cancelled or times out has
  /// taken nothing. std::logic_error while another waits.
  Deferred<std::optional<WebSocketMessage>> receive(
      SourceLocation here = SourceLocation::current());

  /// As those of WebSocketProtocol; on a lost WebSocket they fail with WebSocketClosed.
  Deferred<void> send(std::string_view text, SourceLocation here = SourceLocation::current());
  Deferred<void> sendBinary(std::string_view bytes,
                            SourceLocation here = SourceLocation::current());
  Deferred<void> send(const PreparedMessage& message,
                      SourceLocation here = SourceLocation::current());
  void beginMessage(WebSocketKind kind);
  Deferred<void> sendPiece(std::string_view piece, SourceLocation here = SourceLocation::current());
  Deferred<void> endMessage(SourceLocation here = SourceLocation::current());
  Deferred<Duration> ping(SourceLocation here = SourceLocation::current());

  /// Closes, and fires when the connection is lost, with how it went. Throws as
  /// WebSocketProtocol::close. Messages that were received before can still be received.
  Deferred<WebSocketClosed> close(const CloseReason& reason = {},
                                  SourceLocation here = SourceLocation::current());

  /// Closes the connection at once, without a closing handshake.
  void abort();

  /// As those of WebSocketProtocol. On a lost connection the addresses are as they were.
  bool open() const noexcept;
  std::string_view subprotocol() const noexcept;
  bool compressed() const noexcept;
  Address getHost() const;
  Address getPeer() const;

 private:
  friend class WebSocketConversation;
  struct State;

  explicit WebSocket(std::shared_ptr<State> state) noexcept;
  State& use() const;

  std::shared_ptr<State> state_;  // null in an empty one; shared with the protocol
};

/// The protocol behind a WebSocket: for builders and tests of your own.
class WebSocketConversation final : public WebSocketProtocol {
 public:
  /// Gives the WebSocket to `opened` when it stands.
  explicit WebSocketConversation(Callable<void(WebSocket)> opened);

  /// Gives it to `converse`, keeps what that returns in `work`, and closes with 1011 where that
  /// fails.
  WebSocketConversation(Callable<Deferred<void>(WebSocket)> converse,
                        std::shared_ptr<RunningWork> work);
  ~WebSocketConversation() override;

  void opened() override;
  void textReceived(std::string_view text) override;
  void binaryReceived(std::string_view bytes) override;
  void closing(const CloseReason& reason) override;
  void closed(const WebSocketClosed& why) override;
  void producingResumed() override;

 private:
  friend class WebSocket;

  void received(WebSocketKind kind, std::string_view payload);

  Callable<void(WebSocket)> opened_;  // empty once called, as the next
  Callable<Deferred<void>(WebSocket)> converse_;
  std::shared_ptr<RunningWork> work_;  // null without converse_
  std::shared_ptr<WebSocket::State> state_;
};

}  // namespace couplet
#pragma GCC visibility pop
