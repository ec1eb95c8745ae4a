// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/framed_protocol.h>

#include <functional>
#include <utility>

#include <couplet/protocols/errors.h>

namespace couplet {

/// A piece of input that is being parsed.
struct FramedProtocol::Chunk {
  explicit Chunk(std::string_view bytes) noexcept : begin(bytes.data()), unread(bytes) {}

  /// Whether `bytes` are the last that were parsed.
  bool parsedLast(std::string_view bytes) const noexcept {
    const bool endsThere = bytes.data() + bytes.size() == unread.data();
    return endsThere && std::greater_equal<>()(bytes.data(), begin);
  }
  void skipRest() noexcept { unread.remove_prefix(unread.size()); }

  const char* begin;
  std::string_view unread;  // what is not yet parsed
};

inline void FramedProtocol::parseChunk(Chunk& chunk) {
  while (parseNext(chunk.unread) && !chunk.unread.empty() && deliverable()) {
  }
}

/// Parses `bytes`, then what is held back, until there is no more or a receiving method stops it.
[[gnu::always_inline]] inline void FramedProtocol::parse(std::string_view bytes) {
  Chunk chunk(bytes);
  parsing_ = &chunk;
  try {
    if (!bytes.empty()) parseChunk(chunk);
    if (!chunk.unread.empty() || !heldBack_.empty()) parseHeldBack(chunk);
  } catch (...) {
    parsing_ = nullptr;
    refuseInput();
    throw;
  }
  parsing_ = nullptr;
}

void FramedProtocol::dataReceived(std::string_view bytes) {
  if (parsing_ == nullptr && heldBack_.empty() && deliverable()) return parse(bytes);
  dataHeldBack(bytes);
}

/// Bytes came behind others that wait, in a pause, or when nothing is delivered any more.
void FramedProtocol::dataHeldBack(std::string_view bytes) {
  if (refusing_ || !connected()) return;
  heldBack_.append(bytes);
  deliverUnread();
}

void FramedProtocol::producingResumed() {
  deliverUnread();
  if (inputEnded_ && receiving()) endInput();
}

void FramedProtocol::readConnectionLost() {
  inputEnded_ = !heldBack_.empty();
  if (!inputEnded_) endInput();
}

void FramedProtocol::endConnection(const Failure& reason) {
  drop();
  Protocol::endConnection(why_ ? *why_ : reason);
}

std::string FramedProtocol::takeUnparsed() {
  std::string bytes = takeUnfinished();
  if (parsing_) bytes.append(parsing_->unread);
  bytes.append(heldBack_.view());
  drop();
  return bytes;
}

void FramedProtocol::loseConnection(Failure reason) {
  if (!connected()) return;
  why_ = std::make_unique<Failure>(std::move(reason));
  transport().loseConnection();
}

void FramedProtocol::refuseInput() noexcept {
  refusing_ = true;
  drop();
}

void FramedProtocol::unread(std::string_view bytes) {
  if (refusing_ || !connected()) return;
  if (parsing_ && parsing_->parsedLast(bytes)) {
    parsing_->unread = {bytes.data(), bytes.size() + parsing_->unread.size()};
    return;
  }
  HeldBytes all;
  all.append(bytes);
  if (parsing_) all.append(parsing_->unread);
  all.append(heldBack_.view());
  heldBack_ = std::move(all);
  if (parsing_) parsing_->skipRest();
}

void FramedProtocol::deliverUnread() {
  if (parsing_ == nullptr && !heldBack_.empty() && deliverable()) parse({});
}

/// Goes on with what is held back; keeps what is unread then.
void FramedProtocol::parseHeldBack(Chunk& chunk) {
  HeldBytes held;  // what the chunk views, where that was held back
  while (chunk.unread.empty() && !heldBack_.empty() && deliverable()) {
    held = std::exchange(heldBack_, {});
    chunk = Chunk(held.view());
    parseChunk(chunk);
  }
  if (!connected()) return drop();
  if (!chunk.unread.empty()) keepUnread(chunk, std::move(held));
}

void FramedProtocol::keepUnread(Chunk& chunk, HeldBytes held) {
  if (held.empty()) {
    held.append(chunk.unread);
  } else {
    held.dropFront(held.size() - chunk.unread.size());
  }
  held.append(heldBack_.view());
  heldBack_ = std::move(held);
}

void FramedProtocol::drop() noexcept {
  heldBack_.release();
  if (parsing_) parsing_->skipRest();
}

void FramedProtocol::endInput() {
  inputEnded_ = false;
  const std::string rest = connected() ? unfinished() : "";
  if (rest.empty()) return Protocol::readConnectionLost();
  loseConnection(Failure(IncompleteStringError("connection ended after " + rest)));
}

}  // namespace couplet
