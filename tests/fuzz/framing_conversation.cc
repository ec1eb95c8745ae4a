// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "framing_conversation.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include <couplet/protocols/errors.h>
#include <couplet/reactor/errors.h>

#include "heap.h"
#include "require.h"

namespace couplet::fuzz {

namespace {

constexpr std::size_t kSlack = 2048;  // for failures and what they say

/// What a script throws out of a receiving method, or fails a connection with.
struct Scripted {};

}  // namespace

/// Takes the connection over.
class FramingConversation::Successor : public Protocol {
 public:
  explicit Successor(std::string& heard) : heard_(heard) {}
  void dataReceived(std::string_view bytes) override { heard_.append(bytes); }

 private:
  std::string& heard_;
};

FramingConversation::FramingConversation(std::string_view wire, std::size_t limit)
    : wire_(wire), limits_{{0, limit}} {
  limits_.reserve(wire.size() + 2);
  given_.reserve(wire.size());
  inherited_.reserve(wire.size());
}

FramingConversation::~FramingConversation() = default;

void FramingConversation::play(std::string_view script) {
  script_ = Script(script);
  transport_.connect(protocol());
  heapBefore_ = heapInUse();
  while (!script_.ended()) {
    makeMoveOutside(script_.next());
    requireBounded();
  }
  finish();
}

void FramingConversation::playInPieces(std::size_t size) {
  transport_.connect(protocol());
  heapBefore_ = heapInUse();
  while (!wire_.empty()) {
    give(size);
    requireBounded();
  }
  finish();
}

void FramingConversation::requireAllDelivered() const {
  require(next(undelivered()).kind == Next::kNothing, "all that is whole is delivered");
}

void FramingConversation::enter() const {
  require(receiving(), "nothing comes after the end");
  require(!blocked(), "nothing comes in a pause");
}

/// Of the bytes that are parsed now, then of those that came from inside meanwhile.
Next FramingConversation::expectedNext() {
  const Next found = next(visible());
  if (found.kind != Next::kNothing || visible_ == given_.size()) return found;
  seeAll();
  return next(visible());
}

void FramingConversation::moveOn(std::size_t size) {
  lookedAt_ = delivered_ += size;
  largest_ = std::max(largest_, size);
}

void FramingConversation::makeMovesInside() {
  const bool wasInside = std::exchange(inside_, true);
  joins_ = false;
  while (!script_.ended() && makeMove(script_.next())) {
  }
  inside_ = wasInside;
}

void FramingConversation::messageReceived(std::string_view payload) {
  enter();
  const Next found = expectedNext();
  require(found.kind == Next::kMessage && found.payload == payload, "the next message comes");
  moveOn(found.size);
  makeMovesInside();
}

void FramingConversation::connectionLost(const Failure& reason) {
  require(!lost_ && successor_ == nullptr, "connectionLost comes once, to the last protocol");
  noteEndOfInput();
  const Cause cause = protocolCause_ != nullptr ? protocolCause_ : transportCause_;
  require(cause != nullptr && cause(reason), "connectionLost gets the cause");
  lost_ = true;
}

bool FramingConversation::losesFor(Cause cause) {
  if (script_.take('k')) return false;
  protocolCause_ = cause;
  return true;
}

void FramingConversation::callThatDelivers(const std::function<void()>& call) {
  if (inside_) return call();
  seeAll();
  try {
    call();
  } catch (const Scripted&) {
    inside_ = false;
    require(refused_, "only what a receiving method threw comes out");
    if (inputEnded_) failConnection();
  }
  if (!receiving() || blocked()) return;
  lookedAt_ = given_.size();
  requireAllDelivered();
}

std::optional<std::string> FramingConversation::written(const std::function<void()>& send,
                                                        bool tooLong) {
  const std::size_t before = heapInUse();
  transport_.clear();
  bool refused = false;
  try {
    send();
  } catch (const StringTooLongError&) {
    refused = true;
  }
  require(refused == tooLong, "what is too long, and nothing else, is not sent");
  require(!refused || transport_.value().empty(), "of what is too long nothing is written");
  heapBefore_ += heapInUse() - before;  // of the transport
  if (refused || !transport_.connected()) return std::nullopt;
  return std::string(transport_.value());
}

std::size_t FramingConversation::limitAt(std::size_t index) const noexcept {
  auto set = limits_.rbegin();
  while (set->first > delivered_ + index) ++set;
  return set->second;
}

void FramingConversation::limitChanged(std::size_t limit) {
  if (limits_.back().first == lookedAt_) limits_.pop_back();
  limits_.emplace_back(lookedAt_, limit);
}

std::string FramingConversation::takeBack(std::size_t size) {
  if (size > 0) lookAgainFrom(delivered_ - size);
  return std::string(undelivered().substr(0, size));
}

/// What was set applies to all bytes that the parser has not seen: to these now, too.
void FramingConversation::lookAgainFrom(std::size_t place) {
  lookedAt_ = delivered_ = place;
  limits_.front() = {0, limit()};
  limits_.erase(limits_.begin() + 1, limits_.end());
  lookedAgain();
}

/// The moves that may be made inside a receiving method, too.
bool FramingConversation::makeMove(char letter) {
  noteEndOfInput();
  switch (letter) {
    case 'p':
      transport_.pauseProducing();
      return true;
    case 'r':
      transport_.resumeProducing();
      return true;
    case 'h':
    case 'H':
      transport_.setThrottled(letter == 'h');
      return true;
    case 'g':
      give(script_.number());
      return true;
    case 'u':
      takeAndGiveBack();
      return true;
    case 'c':
      handOver();
      return true;
    default:
      return makeClosingMove(letter) || (successor_ == nullptr && makeOwnMove(letter));
  }
}

bool FramingConversation::makeClosingMove(char letter) {
  switch (letter) {
    case 'l':
      if (!transport_.disconnecting()) transportCause_ = is<ConnectionDone>;
      transport_.loseConnection();
      return true;
    case 'a':
      if (transport_.connected()) transportCause_ = is<ConnectionAborted>;
      transport_.abortConnection();
      return true;
    case 'f':
      failConnection();
      return true;
    case 'x':
      if (!inside_) return true;
      refused_ = true;
      throw Scripted();
    default:
      return false;
  }
}

/// As a reactor does when a method throws. (After such a throw a conversation goes on elsewhere, to
/// see that nothing is delivered; but not once its input has ended, which closes it no more.)
void FramingConversation::failConnection() {
  if (transport_.connected()) transportCause_ = is<Scripted>;
  transport_.failConnection(Failure(Scripted()));
}

void FramingConversation::makeMoveOutside(char letter) {
  if (letter == 't') return turn();
  if (letter == 'e') return endInput();
  if (letter == '0') return give(wire_.size());
  if (letter > '0' && letter <= '9') return give(static_cast<std::size_t>(letter - '0'));
  makeMove(letter);
}

/// The view is of memory that goes with the call.
void FramingConversation::give(std::size_t size) {
  const std::string_view piece = wire_.substr(0, size);
  if (piece.empty() || inputEnded_) return;
  wire_.remove_prefix(piece.size());
  given_.append(piece);
  if (inside_ && joins_) seeAll();
  const auto bytes = std::make_unique<char[]>(piece.size());
  std::memcpy(bytes.get(), piece.data(), piece.size());
  const std::string_view view(bytes.get(), piece.size());
  if (successor_ == nullptr) return callThatDelivers([&] { protocol().dataReceived(view); });
  if (!transport_.disconnecting()) successor_->dataReceived(view);
}

void FramingConversation::turn() {
  if (waiting() && successor_ == nullptr) return callThatDelivers([&] { transport_.turn(); });
  transport_.turn();
}

/// What takeUnparsed takes is what is not delivered; given again, it comes as if nothing had been.
void FramingConversation::takeAndGiveBack() {
  if (successor_ != nullptr || !receiving()) return;
  const std::string taken = protocol().takeUnparsed();
  require(taken == undelivered(), "takeUnparsed takes all that is not delivered");
  lookAgainFrom(delivered_);
  if (taken.empty()) return;
  callThatDelivers([&] { protocol().dataReceived(taken); });
  if (inside_) allWaitsAgain();
}

void FramingConversation::handOver() {
  if (successor_ != nullptr || !receiving() || inputEnded_) return;
  const std::string taken = protocol().takeUnparsed();
  require(taken == undelivered(), "takeUnparsed takes all that is not delivered");
  auto next = std::make_unique<Successor>(inherited_);
  successor_ = next.get();
  transport_.setProtocol(std::move(next));
  if (!taken.empty()) successor_->dataReceived(taken);
}

void FramingConversation::endInput() {
  if (successor_ != nullptr || std::exchange(inputEnded_, true) || transport_.disconnected())
    return;
  const bool waits = waiting() && receiving();
  protocol().readConnectionLost();
  require(waits != transport_.disconnecting(), "the end of input waits for what is held back");
}

/// Once the end of input has closed the connection, and nothing before it.
void FramingConversation::noteEndOfInput() {
  if (!inputEnded_ || !transport_.disconnecting() || transportCause_ != nullptr) return;
  transportCause_ = is<ConnectionDone>;
  if (protocolCause_ != nullptr || refused_ || undelivered().empty()) return;
  protocolCause_ = is<IncompleteStringError>;
}

/// Nothing holds the protocol back any more, and all bytes and the end of input come.
void FramingConversation::finish() {
  transport_.setThrottled(false);
  transport_.resumeProducing();
  turn();
  give(wire_.size());
  requireBounded();
  endInput();
  if (successor_ != nullptr) {
    require(inherited_ == given_.substr(delivered_, inherited_.size()),
            "the successor gets the rest");
    return;
  }
  require(transport_.disconnecting(), "the end of input loses the connection");
  transport_.turn();
  require(lost_, "connectionLost comes");
}

bool FramingConversation::receiving() const noexcept {
  return !refused_ && successor_ == nullptr && !transport_.disconnecting();
}

/// What the protocol keeps: once, or twice while a buffer doubles, what is not delivered.
void FramingConversation::requireBounded() {
  const std::size_t held = receiving() ? undelivered().size() : 0;
  heldBack_ = waiting() ? std::max(heldBack_, held) : held;
  const std::size_t bound = 2 * (heldBack_ + largest_) + kSlack;
  require(heapInUse() <= heapBefore_ + bound, "the protocol keeps little more than a message");
}

}  // namespace couplet::fuzz
