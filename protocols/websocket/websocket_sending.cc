// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a WebSocket sends.
#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <utility>

#include <couplet/protocols/message/detail/utf8.h>
#include <couplet/protocols/websocket/detail/frame_writer.h>
#include <couplet/protocols/websocket/detail/masking.h>
#include <couplet/protocols/websocket/detail/open_websockets.h>
#include <couplet/protocols/websocket/detail/prepared_forms.h>
#include <couplet/protocols/websocket/detail/websocket_work.h>
#include <couplet/protocols/websocket/websocket_protocol.h>

namespace couplet {

using detail::FrameHead;
using detail::FrameKind;
using detail::Opcode;

namespace {

/// Up to so many bytes a frame is made on the stack, and a masked one is written in such pieces.
constexpr std::size_t kOnStack = 256;
constexpr std::size_t kMaskedPiece = 16 * 1024;

Opcode opcodeOf(WebSocketKind kind) noexcept {
  return kind == WebSocketKind::kText ? Opcode::kText : Opcode::kBinary;
}

Failure noText() { return Failure(std::invalid_argument("WebSocket: the text is no UTF-8")); }

Failure inPieces() {
  return Failure(std::logic_error("WebSocket: a message is being sent in pieces"));
}

Failure noPieces() {
  return Failure(std::logic_error("WebSocket: no message was begun by beginMessage"));
}

/// Returns how many bytes the frame has.
std::size_t writeMasked(Transport& transport, FrameKind kind, std::string_view payload) {
  const std::array<std::uint8_t, 4> mask = detail::newMask();
  const FrameHead head(kind, payload.size(), mask);
  std::array<char, kMaskedPiece + sizeof(FrameHead)> piece;
  std::size_t used = head.view().copy(piece.data(), piece.size());
  std::size_t done = 0;
  do {
    const std::size_t size = std::min(payload.size() - done, kMaskedPiece);
    detail::maskBytes(piece.data() + used, payload.data() + done, size, mask, done);
    transport.write({piece.data(), used + size});
    done += size;
    used = 0;
  } while (done < payload.size());
  return head.view().size() + payload.size();
}

}  // namespace

Deferred<void> WebSocketProtocol::send(std::string_view text, SourceLocation here) {
  if (!detail::isUTF8(text)) return fail<void>(noText(), here);
  return sendMessage(WebSocketKind::kText, text, here);
}

Deferred<void> WebSocketProtocol::sendBinary(std::string_view bytes, SourceLocation here) {
  return sendMessage(WebSocketKind::kBinary, bytes, here);
}

Deferred<void> WebSocketProtocol::sendMessage(WebSocketKind kind, std::string_view payload,
                                              SourceLocation here) {
  if (!open()) return fail<void>(whyNotOpen(), here);
  if (work_ && work_->pieces) return fail<void>(inPieces(), here);
  writeMessage(kind, payload);
  return sent(here);
}

Deferred<void> WebSocketProtocol::send(const PreparedMessage& message, SourceLocation here) {
  if (!open()) return fail<void>(whyNotOpen(), here);
  if (work_ && work_->pieces) return fail<void>(inPieces(), here);
  writePrepared(message);
  return sent(here);
}

Deferred<void> WebSocketProtocol::sent(SourceLocation here) {
  Transport& connection = transport();
  if (connection.unsent() <= Producer::kHighMark && connection.connected()) return succeed(here);
  return work().unsent.sent(connection, here);
}

void WebSocketProtocol::writeMessage(WebSocketKind kind, std::string_view payload) {
  if (compresses(payload.size())) return writeCompressed(kind, payload);
  writeFragments(kind, payload, false);
}

bool WebSocketProtocol::compresses(std::size_t size) const noexcept {
  return work_ && work_->deflater && size >= all_->options().compression->threshold;
}

void WebSocketProtocol::writeCompressed(WebSocketKind kind, std::string_view payload) {
  std::string deflated;
  work_->deflater->deflate(payload, true, deflated);
  compressedJustNow();
  writeFragments(kind, deflated, true);
}

void WebSocketProtocol::writeFragments(WebSocketKind kind, std::string_view payload,
                                       bool compressed) {
  const std::size_t most = all_->options().fragmentSize;
  FrameKind frame{opcodeOf(kind), payload.size() <= most, compressed};
  while (!frame.last) {
    writeFrame(frame, payload.substr(0, most));
    payload.remove_prefix(most);
    frame = {Opcode::kContinuation, payload.size() <= most, false};
  }
  writeFrame(frame, payload);
}

void WebSocketProtocol::writeFrame(FrameKind kind, std::string_view payload) {
  if (client_) return static_cast<void>(written_ += writeMasked(transport(), kind, payload));
  const FrameHead head(kind, payload.size());
  written_ += head.view().size() + payload.size();
  if (payload.size() > kOnStack) return transport().writeSequence({head.view(), payload});
  std::array<char, kOnStack + sizeof(FrameHead)> frame;
  const std::size_t size = head.view().copy(frame.data(), frame.size());
  payload.copy(frame.data() + size, payload.size());
  transport().write({frame.data(), size + payload.size()});
}

void WebSocketProtocol::writePrepared(const PreparedMessage& message) {
  if (!writeShared(message)) writeMessage(message.kind(), message.payload());
}

/// A frame that was deflated without the messages before it may stand among them, if those after it
/// refer to none before them either. False where it has to be made for this one alone.
bool WebSocketProtocol::writeShared(const PreparedMessage& message) {
  const std::size_t size = message.payload().size();
  if (client_ || size > all_->options().fragmentSize) return false;
  std::string_view frame = message.forms_->plain();
  if (compresses(size)) {
    frame = message.forms_->deflated(work_->windowBits, *all_->options().compression);
    if (frame.size() > all_->options().fragmentSize) return false;
    work_->deflater->rest();
  }
  transport().write(frame);
  written_ += frame.size();
  return true;
}

// A message in pieces

void WebSocketProtocol::beginMessage(WebSocketKind kind) {
  if (work().pieces) inPieces().raise();
  work_->pieces.emplace(detail::WebSocketWork::Pieces{kind, false, compressed(), {}});
}

Deferred<void> WebSocketProtocol::sendPiece(std::string_view piece, SourceLocation here) {
  if (!open()) return fail<void>(whyNotOpen(), here);
  if (!work_ || !work_->pieces) return fail<void>(noPieces(), here);
  auto& pieces = *work_->pieces;
  if (pieces.kind == WebSocketKind::kText) {
    detail::UTF8Validator text = pieces.text;
    if (!text.take(piece)) return fail<void>(noText(), here);
    pieces.text = text;
  }
  writePiece(piece, false);
  return sent(here);
}

Deferred<void> WebSocketProtocol::endMessage(SourceLocation here) {
  if (!open()) return fail<void>(whyNotOpen(), here);
  if (!work_ || !work_->pieces) return fail<void>(noPieces(), here);
  if (!work_->pieces->text.complete()) return fail<void>(noText(), here);
  writePiece({}, true);
  work_->pieces.reset();
  return sent(here);
}

/// What the deflater keeps back comes with a later piece.
void WebSocketProtocol::writePiece(std::string_view piece, bool last) {
  auto& pieces = *work_->pieces;
  std::string deflated;
  if (pieces.compressed) {
    work_->deflater->deflate(piece, last, deflated);
    compressedJustNow();
    piece = deflated;
    if (piece.empty() && !last) return;
  }
  const Opcode opcode = pieces.begun ? Opcode::kContinuation : opcodeOf(pieces.kind);
  writeFrame({opcode, last, pieces.compressed && !pieces.begun}, piece);
  pieces.begun = true;
}

// Control frames

Deferred<Duration> WebSocketProtocol::ping(SourceLocation here) {
  if (!open()) return fail<Duration>(whyNotOpen(), here);
  if (work().pings.size() >= kMostPings) {
    return fail<Duration>(std::length_error("WebSocket: too many pings wait for an answer"), here);
  }
  const std::uint64_t number = ++work_->lastPing;
  writeFrame({Opcode::kPing}, std::to_string(number));
  Promise<Duration> answer(here);
  Deferred<Duration> answered = answer.deferred();
  work_->pings.push_back({std::move(answer), transport().clock().now(), number});
  return answered;
}

/// The code of one that came without is not said.
void WebSocketProtocol::writeClose(const CloseReason& reason) {
  std::string payload;
  if (CloseReason::mayBeSent(reason.code())) {
    payload.push_back(static_cast<char>(reason.code() >> 8));
    payload.push_back(static_cast<char>(reason.code() & 0xff));
    payload.append(reason.text());
  }
  writeFrame({Opcode::kClose}, payload);
}

}  // namespace couplet
