// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/websocket/websocket_parser.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include <couplet/protocols/message/detail/utf8.h>
#include <couplet/protocols/websocket/detail/masking.h>
#include <couplet/protocols/websocket/detail/message_inflater.h>
#include <couplet/protocols/websocket/detail/parser_memory.h>
#include <couplet/protocols/websocket/detail/spares.h>

namespace couplet {

namespace detail {

/// Why a frame is refused.
struct FrameRefusal {
  std::uint16_t code;
  std::string_view why;
};

}  // namespace detail

namespace {

using detail::FrameInHand;
using detail::FrameRefusal;
using detail::Opcode;
using detail::ParserMemory;

constexpr FrameRefusal kReservedBits{CloseReason::kProtocolError,
                                     "a reserved bit of a frame is set"};
constexpr FrameRefusal kNotCompressible{
    CloseReason::kProtocolError,
    "a frame that cannot be compressed, or not alone, says that it is"};
constexpr FrameRefusal kReservedOpcode{CloseReason::kProtocolError,
                                       "the opcode of a frame is a reserved one"};
constexpr FrameRefusal kFragmentedControl{CloseReason::kProtocolError,
                                          "a control frame is fragmented"};
constexpr FrameRefusal kLongControl{CloseReason::kProtocolError,
                                    "a control frame is longer than 125 bytes"};
constexpr FrameRefusal kNothingToContinue{CloseReason::kProtocolError,
                                          "a frame continues a message, and none has begun"};
constexpr FrameRefusal kNotContinued{CloseReason::kProtocolError,
                                     "a message begins in the middle of another"};
constexpr FrameRefusal kUnmasked{CloseReason::kProtocolError,
                                 "a frame from a client is not masked"};
constexpr FrameRefusal kMasked{CloseReason::kProtocolError, "a frame from a server is masked"};
constexpr FrameRefusal kLengthTooWide{CloseReason::kProtocolError,
                                      "the length of a frame is not in its shortest form"};
constexpr FrameRefusal kLengthTooLarge{CloseReason::kProtocolError,
                                       "the length of a frame is 2^63 or more"};
constexpr FrameRefusal kShortClose{CloseReason::kProtocolError, "a Close frame has half of a code"};
constexpr FrameRefusal kBadCode{CloseReason::kProtocolError,
                                "a Close frame has a code that may not be sent"};
constexpr FrameRefusal kBadCloseText{CloseReason::kInvalidData,
                                     "the text of a Close frame is not UTF-8"};
constexpr FrameRefusal kBadText{CloseReason::kInvalidData, "a text message is not UTF-8"};
constexpr FrameRefusal kBroken{CloseReason::kInvalidData,
                               "a compressed message cannot be inflated"};
constexpr FrameRefusal kFrameTooLong{CloseReason::kMessageTooBig,
                                     "a frame is longer than the limit"};
constexpr FrameRefusal kMessageTooLong{CloseReason::kMessageTooBig,
                                       "a message is longer than the limit"};

// RFC 6455, 5.2.
constexpr unsigned kFin = 0x80;
constexpr unsigned kRSV1 = 0x40;
constexpr unsigned kRSV2And3 = 0x30;
constexpr unsigned kOpcode = 0x0f;
constexpr unsigned kMaskBit = 0x80;
constexpr unsigned kShortLength = 0x7f;
constexpr unsigned kLength16 = 126;

/// What one message took, the next one of the thread takes again, whosoever it is: one that is
/// whole at once needs memory only until it was heard. More is not kept.
using Spares = detail::Spares<ParserMemory, 1>;
constexpr std::size_t kMostKept = 65'536 + 1024;

void giveBack(std::unique_ptr<ParserMemory> memory) noexcept {
  if (!memory || memory->capacity() > kMostKept) return;
  memory->close();
  Spares::give(std::move(memory));
}

template <class F>
std::unique_ptr<ParserMemory> takeMemory(F fits) {
  std::unique_ptr<ParserMemory> memory = Spares::take(fits);
  if (!memory) return std::make_unique<ParserMemory>();
  memory->open();
  return memory;
}

/// Of a message or frame that is not whole: others may wait long for the rest, so that it takes no
/// more than what came is worth.
bool isFitFor(const ParserMemory& memory, std::size_t came) noexcept {
  constexpr std::size_t kLittle = 512;
  return memory.capacity() <= 2 * came + kLittle;
}

std::string_view nameOf(Opcode opcode) noexcept {
  switch (opcode) {
    case Opcode::kText:
      return "text message";
    case Opcode::kBinary:
      return "binary message";
    case Opcode::kPing:
      return "ping";
    case Opcode::kPong:
      return "pong";
    default:
      return "Close frame";
  }
}

/// What the first bytes of a wider length show; `wide` has so many of its bytes, of `size`.
const FrameRefusal* judgeWideLength(std::string_view wide, std::size_t size,
                                    std::uint64_t& least) noexcept {
  least = 0;
  for (std::size_t i = 0; i < size; ++i) {
    least = least << 8 | (i < wide.size() ? static_cast<unsigned char>(wide[i]) : 0);
  }
  if (least >> 63 != 0) return &kLengthTooLarge;
  const bool sizeIsClear = wide.size() >= (size == 2 ? 2 : 6);
  const std::uint64_t shortest = size == 2 ? kLength16 : 0x10000;
  return sizeIsClear && least < shortest ? &kLengthTooWide : nullptr;
}

/// Of what came of the payload of a Close frame: RFC 6455, 5.5.1.
const FrameRefusal* judgeClose(std::string_view payload, bool whole) noexcept {
  if (payload.size() < 2) return nullptr;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(payload[i]); };
  if (!CloseReason::mayBeSent(static_cast<std::uint16_t>(byte(0) << 8 | byte(1)))) return &kBadCode;
  detail::UTF8Validator text;
  const bool good = text.take(payload.substr(2)) && (!whole || text.complete());
  return good ? nullptr : &kBadCloseText;
}

}  // namespace

WebSocketParser::WebSocketParser(WebSocketSide side, Limits limits)
    : limits_(limits), side_(side) {}
WebSocketParser::WebSocketParser(WebSocketParser&&) noexcept = default;
WebSocketParser& WebSocketParser::operator=(WebSocketParser&&) noexcept = default;
WebSocketParser::~WebSocketParser() { giveBack(std::move(memory_)); }

void WebSocketParser::inflateWith(std::unique_ptr<detail::MessageInflater> inflater) noexcept {
  inflater_ = std::move(inflater);
}

WebSocketEvent WebSocketParser::next(std::string_view& bytes) {
  payload_ = {};
  if (reason_) {
    bytes.remove_prefix(bytes.size());
    return WebSocketEvent::kNeedMore;
  }
  if (bytes.empty()) return needMore();
  FrameInHand frame;
  WebSocketEvent event;
  if (idle() && readShortMessage(bytes, frame)) {
    event = takeWhole(frame, bytes);
  } else {
    event = nextOfAnyKind(bytes);
  }
  if (reason_) bytes.remove_prefix(bytes.size());
  return event;
}

/// The most usual frame, when it is all there: nothing is wrong with its head, which has two bytes
/// and a mask.
inline bool WebSocketParser::readShortMessage(std::string_view bytes,
                                              FrameInHand& frame) const noexcept {
  if (bytes.size() < 2) return false;
  const unsigned kind = static_cast<unsigned char>(bytes[0]) ^ kFin;
  const unsigned maskBit = side_ == WebSocketSide::kServer ? kMaskBit : 0;
  const unsigned length = static_cast<unsigned char>(bytes[1]) ^ maskBit;
  const std::size_t headSize = maskBit == 0 ? 2 : 2 + frame.mask.size();
  if (kind != unsigned(Opcode::kText) && kind != unsigned(Opcode::kBinary)) return false;
  if (length >= kLength16 || bytes.size() < headSize + length) return false;
  if (length > limits_.frame || length > limits_.message) return false;
  frame.opcode = static_cast<Opcode>(kind);
  frame.headSize = static_cast<std::uint8_t>(headSize);
  frame.length = length;
  if (maskBit != 0) std::memcpy(frame.mask.data(), bytes.data() + 2, frame.mask.size());
  return true;
}

WebSocketEvent WebSocketParser::nextOfAnyKind(std::string_view& bytes) {
  FrameInHand frame;
  if (idle()) {
    if (const Refusal* why = readHead(bytes, frame)) return refuse(*why);
  }
  return isWhole(frame, bytes) ? takeWhole(frame, bytes) : nextInPieces(bytes);
}

/// Judges in the order of the bytes: what more of them show does not change what fewer showed.
const FrameRefusal* WebSocketParser::readHead(std::string_view bytes,
                                              FrameInHand& frame) const noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  frame.opcode = static_cast<Opcode>(byte(0) & kOpcode);
  frame.last = (byte(0) & kFin) != 0;
  frame.compressed = (byte(0) & kRSV1) != 0;
  if (const Refusal* why = judgeKind(frame, byte(0))) return why;
  if (bytes.size() < 2) return nullptr;
  const bool masked = (byte(1) & kMaskBit) != 0;
  if (masked != (side_ == WebSocketSide::kServer)) return masked ? &kMasked : &kUnmasked;
  frame.length = byte(1) & kShortLength;
  std::size_t size = 2;
  if (frame.isControl()) {
    if (frame.length >= kLength16) return &kLongControl;
    if (frame.opcode == Opcode::kClose && frame.length == 1) return &kShortClose;
  } else {
    if (frame.length >= kLength16) {
      const std::size_t wide = frame.length == kLength16 ? 2 : 8;
      size += wide;
      const auto* why = judgeWideLength(bytes.substr(2, wide), wide, frame.length);
      if (why) return why;
    }
    if (const Refusal* why = judgeLength(frame)) return why;
  }
  const std::size_t maskSize = masked ? frame.mask.size() : 0;
  if (bytes.size() < size + maskSize) return nullptr;
  std::memcpy(frame.mask.data(), bytes.data() + size, maskSize);
  frame.headSize = static_cast<std::uint8_t>(size + maskSize);
  return nullptr;
}

/// RFC 6455, 5.2 and 5.4; RFC 7692, 6.
const FrameRefusal* WebSocketParser::judgeKind(const FrameInHand& frame,
                                               unsigned firstByte) const noexcept {
  if ((firstByte & kRSV2And3) != 0) return &kReservedBits;
  if (frame.compressed && !inflater_) return &kReservedBits;
  if ((firstByte & 7) > 2) return &kReservedOpcode;
  const bool isFirst = frame.opcode == Opcode::kText || frame.opcode == Opcode::kBinary;
  if (frame.compressed && !isFirst) return &kNotCompressible;
  if (frame.isControl()) return frame.last ? nullptr : &kFragmentedControl;
  const bool inMessage = memory_ && memory_->inMessage;
  if (isFirst == inMessage) return inMessage ? &kNotContinued : &kNothingToContinue;
  return nullptr;
}

const FrameRefusal* WebSocketParser::judgeLength(const FrameInHand& frame) const noexcept {
  if (frame.length > limits_.frame) return &kFrameTooLong;
  const bool continues = frame.opcode == Opcode::kContinuation;
  if (continues ? memory_->compressed : frame.compressed) return nullptr;
  const std::size_t before = continues ? memory_->size() : 0;
  return frame.length > limits_.message - before ? &kMessageTooLong : nullptr;
}

bool WebSocketParser::isWhole(const FrameInHand& frame, std::string_view bytes) const noexcept {
  return frame.headSize > 0 && frame.last && !frame.compressed &&
         bytes.size() - frame.headSize >= frame.length;
}

inline WebSocketEvent WebSocketParser::takeWhole(const FrameInHand& frame,
                                                 std::string_view& bytes) {
  const auto size = static_cast<std::size_t>(frame.length);
  std::string_view payload = bytes.substr(frame.headSize, size);
  bytes.remove_prefix(frame.headSize + size);
  if (side_ == WebSocketSide::kServer && size > 0) {
    char* const to = frame.isControl() ? memory().control.data() : memory().plain.renew(size);
    detail::maskBytes(to, payload.data(), size, frame.mask);
    payload = {to, size};
  }
  if (frame.isControl()) return endControl(frame.opcode, payload);
  if (frame.opcode == Opcode::kText && !detail::isUTF8(payload)) return refuse(kBadText);
  payload_ = payload;
  return frame.opcode == Opcode::kText ? WebSocketEvent::kText : WebSocketEvent::kBinary;
}

WebSocketEvent WebSocketParser::nextInPieces(std::string_view& bytes) {
  for (;;) {
    if (!memory_ || !memory_->inFrame) {
      if (bytes.empty()) break;
      if (const Refusal* why = takeHead(bytes)) return refuse(*why);
      if (!memory_->inFrame) break;
    }
    FrameInHand& frame = memory_->frame;
    const std::string_view piece =
        bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(frame.left(), SIZE_MAX)));
    bytes.remove_prefix(piece.size());
    if (const Refusal* why = takePiece(piece)) return refuse(*why);
    frame.taken += piece.size();
    if (frame.left() > 0) break;
    memory_->inFrame = false;
    if (frame.isControl()) {
      return endControl(frame.opcode, {memory_->control.data(), std::size_t{frame.length}});
    }
    if (frame.last) return endMessage();
  }
  return needMore();
}

WebSocketEvent WebSocketParser::needMore() noexcept {
  release();
  return WebSocketEvent::kNeedMore;
}

/// Takes what there is of a head off the front of `bytes`, and begins its frame where it is whole.
const FrameRefusal* WebSocketParser::takeHead(std::string_view& bytes) {
  if (idle()) {
    const auto fits = [&](const ParserMemory& memory) { return isFitFor(memory, bytes.size()); };
    if (memory_ && !fits(*memory_)) release();
    if (!memory_) memory_ = takeMemory(fits);
  }
  ParserMemory& memory = *memory_;
  const std::size_t before = memory.headSize;
  const std::size_t size = std::min(bytes.size(), ParserMemory::kMaxHead - before);
  std::memcpy(memory.head.data() + before, bytes.data(), size);
  FrameInHand frame;
  if (const Refusal* why = readHead({memory.head.data(), before + size}, frame)) return why;
  if (frame.headSize == 0) {
    memory.headSize = static_cast<std::uint8_t>(before + size);
    bytes.remove_prefix(size);
    return nullptr;
  }
  bytes.remove_prefix(frame.headSize - before);
  memory.headSize = 0;
  if (!frame.isControl() && frame.opcode != Opcode::kContinuation) memory.beginMessage(frame);
  memory.frame = frame;
  memory.inFrame = true;
  return nullptr;
}

const FrameRefusal* WebSocketParser::takePiece(std::string_view piece) {
  if (piece.empty()) return nullptr;
  if (memory_->frame.isControl()) return takeControl(piece);
  return memory_->compressed ? takeCompressed(piece) : takePlain(piece);
}

void WebSocketParser::copyPiece(char* to, std::string_view piece, std::size_t offset) noexcept {
  const FrameInHand& frame = memory_->frame;
  if (side_ == WebSocketSide::kServer) {
    const auto phase = static_cast<std::size_t>(frame.taken % frame.mask.size()) + offset;
    detail::maskBytes(to, piece.data(), piece.size(), frame.mask, phase);
  } else {
    std::memcpy(to, piece.data(), piece.size());
  }
}

const FrameRefusal* WebSocketParser::takeControl(std::string_view piece) {
  const FrameInHand& frame = memory_->frame;
  char* const control = memory_->control.data();
  copyPiece(control + frame.taken, piece);
  if (frame.opcode != Opcode::kClose) return nullptr;
  return judgeClose({control, static_cast<std::size_t>(frame.taken) + piece.size()}, false);
}

const FrameRefusal* WebSocketParser::takePlain(std::string_view piece) {
  const FrameInHand& frame = memory_->frame;
  const auto inAll = memory_->plain.size() + static_cast<std::size_t>(frame.left());
  char* const to = memory_->plain.extend(piece.size(), frame.last ? inAll : SIZE_MAX);
  copyPiece(to, piece);
  const bool good = memory_->kind != Opcode::kText || memory_->text.take({to, piece.size()});
  return good ? nullptr : &kBadText;
}

const FrameRefusal* WebSocketParser::takeCompressed(std::string_view piece) {
  std::string& out = memory_->inflated;
  if (side_ == WebSocketSide::kClient) {
    const std::size_t before = out.size();
    return judgeInflated(inflater_->inflate(piece, out, limits_.message), before);
  }
  std::array<char, 4096> unmasked;
  for (std::size_t at = 0; at < piece.size(); at += unmasked.size()) {
    const std::string_view part = piece.substr(at, unmasked.size());
    copyPiece(unmasked.data(), part, at);
    const std::size_t before = out.size();
    const auto result = inflater_->inflate({unmasked.data(), part.size()}, out, limits_.message);
    if (const Refusal* why = judgeInflated(result, before)) return why;
  }
  return nullptr;
}

/// What came before the end of the text is judged before that end.
const FrameRefusal* WebSocketParser::judgeInflated(detail::Inflated result, std::size_t before) {
  const std::string_view added = std::string_view(memory_->inflated).substr(before);
  if (memory_->kind == Opcode::kText && !memory_->text.take(added)) return &kBadText;
  if (result == detail::Inflated::kTooLong) return &kMessageTooLong;
  return result == detail::Inflated::kBroken ? &kBroken : nullptr;
}

WebSocketEvent WebSocketParser::endMessage() {
  std::string& inflated = memory_->inflated;
  if (memory_->compressed) {
    const std::size_t before = inflated.size();
    const auto result = inflater_->finish(inflated, limits_.message);
    if (const Refusal* why = judgeInflated(result, before)) return refuse(*why);
  }
  const bool isText = memory_->kind == Opcode::kText;
  if (isText && !memory_->text.complete()) return refuse(kBadText);
  memory_->inMessage = false;
  payload_ = memory_->compressed ? std::string_view(inflated) : memory_->plain.view();
  return isText ? WebSocketEvent::kText : WebSocketEvent::kBinary;
}

WebSocketEvent WebSocketParser::endControl(Opcode opcode, std::string_view payload) {
  if (opcode == Opcode::kClose) return close(payload);
  payload_ = payload;
  return opcode == Opcode::kPing ? WebSocketEvent::kPing : WebSocketEvent::kPong;
}

WebSocketEvent WebSocketParser::close(std::string_view payload) {
  if (const Refusal* why = judgeClose(payload, true)) return refuse(*why);
  if (payload.empty()) {
    end(CloseReason::kNoCode, "");
  } else {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(payload[i]); };
    end(static_cast<std::uint16_t>(byte(0) << 8 | byte(1)), payload.substr(2));
  }
  return WebSocketEvent::kClose;
}

WebSocketEvent WebSocketParser::refuse(const Refusal& why) {
  end(why.code, why.why);
  return WebSocketEvent::kRefused;
}

/// Nothing more is taken, and nothing is kept.
void WebSocketParser::end(std::uint16_t code, std::string_view text) {
  reason_ = std::make_unique<CloseReason>(code, text);
  payload_ = {};
  inflater_.reset();
  giveBack(std::move(memory_));
}

ParserMemory& WebSocketParser::memory() {
  if (!memory_) memory_ = takeMemory([](const ParserMemory&) { return true; });
  return *memory_;
}

void WebSocketParser::release() noexcept {
  payload_ = {};
  if (memory_ && memory_->idle()) giveBack(std::move(memory_));
}

void WebSocketParser::rest() {
  const bool inMessage = memory_ && memory_->inMessage;
  if (inflater_ && !inMessage) inflater_->rest();
}

const CloseReason& WebSocketParser::closeReason() const noexcept {
  static const CloseReason kNone(CloseReason::kNoCode);
  return reason_ ? *reason_ : kNone;
}

bool WebSocketParser::idle() const noexcept { return !memory_ || memory_->idle(); }

std::string WebSocketParser::unfinished() const {
  if (idle()) return "";
  const FrameInHand& frame = memory_->frame;
  const auto text = [](std::uint64_t count) { return std::to_string(count); };
  if (memory_->inFrame && frame.isControl()) {
    return text(frame.taken) + " of " + text(frame.length) + " bytes of a " +
           std::string(nameOf(frame.opcode));
  }
  if (!memory_->inMessage) return text(memory_->headSize) + " bytes of the head of a frame";
  const std::string came = text(memory_->size());
  const bool endIsKnown = memory_->inFrame && frame.last && !memory_->compressed;
  return came + (endIsKnown ? " of " + text(memory_->size() + frame.left()) : "") + " bytes of a " +
         std::string(nameOf(memory_->kind));
}

}  // namespace couplet
