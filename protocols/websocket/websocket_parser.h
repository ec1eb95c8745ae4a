// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Takes messages out of the bytes of a WebSocket: RFC 6455, 5. Knows no transport.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <couplet/protocols/websocket/close_reason.h>

namespace couplet::detail {
class MessageInflater;
struct ParserMemory;
struct FrameInHand;
struct FrameRefusal;
enum class Inflated : std::uint8_t;
enum class Opcode : std::uint8_t;
}  // namespace couplet::detail

#pragma GCC visibility push(default)
namespace couplet {

/// Which end of a WebSocket one is. A client masks what it sends, a server does not; both refuse
/// what comes otherwise.
enum class WebSocketSide : std::uint8_t { kServer, kClient };

/// What a parser found next. Control frames come between the pieces of a message, too.
enum class WebSocketEvent : std::uint8_t {
  kNeedMore,  ///< every byte was taken; call again when there are more
  kText,      ///< a whole text message, which is UTF-8: see `payload()`
  kBinary,    ///< a whole binary message: see `payload()`
  kPing,      ///< to be answered with `payload()`
  kPong,      ///< its `payload()` is that of a ping, or says that the other side is there
  kClose,     ///< the last frame: see `closeReason()`. What follows is dropped.
  kRefused,   ///< what came is no WebSocket, and all that follows is dropped: see `refused()`
};

/// Either side's parser, for one thread. Tells the same however the bytes are cut, and refuses at
/// the first byte that shows that they are wrong. Keeps at most one message, with at most twice the
/// memory of what came of it; a length alone takes none. Between two messages it holds no memory
/// once it needed more, or `release` was called; what one message takes, the next one of the thread
/// may take again.
///
///     (kText | kBinary | kPing | kPong)* -> (kClose | kRefused)?
///
///     for (;;) {
///       switch (parser.next(bytes)) {
///         case WebSocketEvent::kText: take(parser.payload()); break;
///         case WebSocketEvent::kPing: answer(parser.payload()); break;
///         ...
///         case WebSocketEvent::kRefused: return fail(parser.refused());
///         case WebSocketEvent::kNeedMore: return;
///       }
///     }
class WebSocketParser {
 public:
  /// What a parser takes, in bytes. What is longer is refused with 1009 when its head came, or when
  /// so much of it was inflated.
  struct Limits {
    std::size_t message = 1024 * 1024;  ///< as it is delivered
    std::size_t frame = SIZE_MAX;       ///< a frame of a message, as it comes
  };

  WebSocketParser(WebSocketSide side, Limits limits);
  WebSocketParser(WebSocketParser&&) noexcept;
  WebSocketParser& operator=(WebSocketParser&&) noexcept;
  ~WebSocketParser();

  /// Messages may be compressed from now on, and are inflated: permessage-deflate was agreed on.
  /// Call it before the first byte.
  void inflateWith(std::unique_ptr<detail::MessageInflater> inflater) noexcept;

  /// Takes the next event off the front of `bytes`. After kClose or kRefused, which come once, all
  /// bytes are dropped, and it is kNeedMore. Throws std::bad_alloc, and is of no use then.
  WebSocketEvent next(std::string_view& bytes);

  /// Of the last kText, kBinary, kPing or kPong; a view of the `bytes` that `next` took it from
  /// where that is possible. Valid as long as those are, and until the next call of `next` or
  /// `release`.
  std::string_view payload() const noexcept { return payload_; }

  /// Gives back the memory of the last payload, whose view ends.
  void release() noexcept;

  /// Gives back the memory of the inflater. In the middle of a message it does nothing.
  void rest();

  /// After kClose: what the other side said; kNoCode where it said nothing.
  const CloseReason& closeReason() const noexcept;

  /// After kRefused: what to close with, and why, for people: "a frame from a client is not
  /// masked". Nothing of what the other side sent is in it, and a Close frame has room for it.
  const CloseReason& refused() const noexcept { return closeReason(); }

  /// True between two messages, with nothing kept of a frame; also after the last one.
  bool idle() const noexcept;

  /// What there is of an incomplete message or frame, for people; empty where there is none:
  /// "5 of 300 bytes of a text message".
  std::string unfinished() const;

 private:
  using Refusal = detail::FrameRefusal;

  // Heads.
  const Refusal* readHead(std::string_view bytes, detail::FrameInHand& frame) const noexcept;
  const Refusal* judgeKind(const detail::FrameInHand& frame, unsigned firstByte) const noexcept;
  const Refusal* judgeLength(const detail::FrameInHand& frame) const noexcept;
  const Refusal* takeHead(std::string_view& bytes);

  // Payloads.
  bool readShortMessage(std::string_view bytes, detail::FrameInHand& frame) const noexcept;
  bool isWhole(const detail::FrameInHand& frame, std::string_view bytes) const noexcept;
  WebSocketEvent takeWhole(const detail::FrameInHand& frame, std::string_view& bytes);
  WebSocketEvent nextOfAnyKind(std::string_view& bytes);
  WebSocketEvent nextInPieces(std::string_view& bytes);
  const Refusal* takePiece(std::string_view piece);
  const Refusal* takeControl(std::string_view piece);
  const Refusal* takePlain(std::string_view piece);
  const Refusal* takeCompressed(std::string_view piece);
  const Refusal* judgeInflated(detail::Inflated result, std::size_t before);
  void copyPiece(char* to, std::string_view piece, std::size_t offset = 0) noexcept;

  // Events.
  WebSocketEvent endMessage();
  WebSocketEvent endControl(detail::Opcode opcode, std::string_view payload);
  WebSocketEvent needMore() noexcept;
  WebSocketEvent close(std::string_view payload);
  WebSocketEvent refuse(const Refusal& why);
  void end(std::uint16_t code, std::string_view text);

  detail::ParserMemory& memory();

  std::string_view payload_;
  Limits limits_;
  std::unique_ptr<detail::ParserMemory> memory_;  // null while it holds nothing
  std::unique_ptr<detail::MessageInflater> inflater_;
  std::unique_ptr<CloseReason> reason_;  // null until the last event
  WebSocketSide side_;
};

}  // namespace couplet
#pragma GCC visibility pop
