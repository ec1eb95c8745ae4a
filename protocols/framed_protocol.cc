// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/framed_protocol.h>

#include <functional>
#include <utility>

#include <couplet/protocols/errors.h>

namespace couplet {

void FramedProtocol::dataReceived(std::string_view bytes) {
  if (refusing_ || !connected()) return;
  if (parsing_ || blocked()) return heldBack_.append(bytes);
  if (heldBack_.empty()) return parse(bytes);
  heldBack_.append(bytes);
  parse({});
}

void FramedProtocol::producingResumed() {
  deliverUnread();
  if (inputEnded_ && !blocked()) endInput();
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
  bytes.append(unread_).append(heldBack_.view());
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
  if (parsing_ && isBeforeUnread(bytes)) {
    unread_ = {bytes.data(), bytes.size() + unread_.size()};
    return;
  }
  HeldBytes all;
  all.append(bytes);
  all.append(unread_);
  all.append(heldBack_.view());
  heldBack_ = std::move(all);
  unread_.remove_prefix(unread_.size());
}

bool FramedProtocol::isBeforeUnread(std::string_view bytes) const noexcept {
  const bool endsThere = bytes.data() + bytes.size() == unread_.data();
  return endsThere && std::greater_equal<>()(bytes.data(), chunk_.data());
}

void FramedProtocol::deliverUnread() {
  if (!parsing_ && !heldBack_.empty() && deliverable()) parse({});
}

bool FramedProtocol::deliverable() const noexcept {
  return !refusing_ && connected() && !blocked();
}

/// Delivery stops until `producingResumed`.
bool FramedProtocol::blocked() const noexcept {
  return transport().paused() || transport().throttled();
}

/// Parses `bytes`, then what is held back, until there is no more or a receiving method stops it.
void FramedProtocol::parse(std::string_view bytes) {
  HeldBytes held;  // what chunk_ is a view of, where it is not `bytes`
  parsing_ = true;
  chunk_ = unread_ = bytes;
  try {
    while (parseChunk() && !heldBack_.empty()) {
      held = std::exchange(heldBack_, {});
      chunk_ = unread_ = held.view();
    }
  } catch (...) {
    parsing_ = false;
    refuseInput();
    throw;
  }
  parsing_ = false;
  keepRest(held);
}

/// False when a receiving method stopped it.
bool FramedProtocol::parseChunk() {
  while (parseNext(unread_)) {
    if (!deliverable()) return false;
  }
  return true;
}

void FramedProtocol::keepRest(HeldBytes& held) {
  if (!connected()) return drop();
  if (unread_.empty()) return;
  if (held.empty()) {
    held.append(unread_);
  } else {
    held.dropFront(held.size() - unread_.size());
  }
  held.append(heldBack_.view());
  heldBack_ = std::move(held);
  unread_ = {};
}

void FramedProtocol::drop() noexcept {
  heldBack_.release();
  unread_.remove_prefix(unread_.size());
}

void FramedProtocol::endInput() {
  inputEnded_ = false;
  const std::string rest = connected() ? unfinished() : "";
  if (rest.empty()) return Protocol::readConnectionLost();
  loseConnection(Failure(IncompleteStringError("connection ended after " + rest)));
}

}  // namespace couplet
