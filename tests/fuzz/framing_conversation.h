// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A conversation with a FramedProtocol that a script leads, with a naive model of the framing
// beside it: what the protocol delivers must be what the model expects next, wherever the bytes are
// cut and whatever the receiving methods do to the connection. README.md says what is checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <couplet/protocols/framed_protocol.h>
#include <couplet/reactor/testing/string_transport.h>

#include "script.h"

namespace couplet::fuzz {

/// What a model finds at the front of bytes.
struct Next {
  enum Kind { kNothing, kMessage, kRefusal };
  Kind kind = kNothing;
  std::string_view payload = {};  // of a message
  std::size_t size = 0;           // of a message with its frame; that a refused string announced
};

/// What a connection was lost for.
using Cause = bool (*)(const Failure&);
template <class E>
bool is(const Failure& reason) {
  return reason.check<E>();
}

/// Base of the conversations with one kind of protocol. Good for one `play`.
class FramingConversation {
 public:
  /// `wire` is what the peer sends; it outlives the conversation. `limit` is what the protocol's is
  /// set to.
  FramingConversation(std::string_view wire, std::size_t limit);
  virtual ~FramingConversation();

  /// Makes the moves of `script`, gives what is left of the wire, and ends the input.
  void play(std::string_view script);

  /// Gives the wire in pieces of `size` bytes, and ends the input.
  void playInPieces(std::size_t size);

 protected:
  virtual FramedProtocol& protocol() = 0;

  /// What the framing says of `bytes`, which begin at the place `delivered()`.
  virtual Next next(std::string_view bytes) const = 0;

  /// Makes a move that only this kind of protocol knows; false when `letter` is none.
  virtual bool makeOwnMove(char letter) = 0;

  /// Requires that nothing more could be delivered.
  virtual void requireAllDelivered() const;

  /// The bytes that are not delivered go through the parser afresh.
  virtual void lookedAgain() {}

  // What the protocol's methods call: first, to check that one may be called at all; when they have
  // compared what they got with `expectedNext`; and last, to make the moves that come next.
  void enter() const;
  Next expectedNext();
  void moveOn(std::size_t size);
  void makeMovesInside();

  void messageReceived(std::string_view payload);
  void connectionLost(const Failure& reason);

  /// The protocol was told that it gets no more of a stream that it refuses.
  void inputRefused() noexcept { refused_ = true; }

  /// Whether the script lets the protocol lose the connection as it does by default, for `cause`.
  bool losesFor(Cause cause);

  /// Calls `call`, which gives bytes to the protocol or lets it go on. From outside requires that
  /// all is delivered then, and what was thrown by a move comes to its end here.
  void callThatDelivers(const std::function<void()>& call);

  /// What `send` wrote. It throws StringTooLongError and writes nothing if `tooLong`; nothing is
  /// returned then, and on a connection that is lost.
  std::optional<std::string> written(const std::function<void()>& send, bool tooLong);

  /// The limit when the parser came to the byte at `index` of what is not delivered.
  std::size_t limitAt(std::size_t index) const noexcept;
  std::size_t limit() const noexcept { return limits_.back().second; }
  void limitChanged(std::size_t limit);

  Script& script() noexcept { return script_; }
  std::size_t delivered() const noexcept { return delivered_; }
  std::size_t lookedAt() const noexcept { return lookedAt_; }
  /// Whether some bytes did not go into the parser yet.
  bool waiting() const noexcept { return lookedAt_ < given_.size(); }
  bool inside() const noexcept { return inside_; }
  std::string_view undelivered() const noexcept {
    return std::string_view(given_).substr(delivered_);
  }
  /// Of what is not delivered, what the parser sees at this time.
  std::string_view visible() const noexcept {
    return std::string_view(given_).substr(delivered_, visible_ - delivered_);
  }
  /// The last `size` delivered bytes are not delivered after all.
  std::string takeBack(std::size_t size);
  void seeAll() noexcept { visible_ = given_.size(); }
  /// From inside: all that is not delivered waits to be parsed again, and so does what the same
  /// method is given yet.
  void allWaitsAgain() noexcept {
    seeAll();
    joins_ = true;
  }

 private:
  class Successor;

  bool makeMove(char letter);
  bool makeClosingMove(char letter);
  void failConnection();
  void makeMoveOutside(char letter);
  void give(std::size_t size);
  void turn();
  void takeAndGiveBack();
  void lookAgainFrom(std::size_t place);
  void handOver();
  void endInput();
  void noteEndOfInput();
  void finish();
  bool receiving() const noexcept;
  bool blocked() const noexcept { return transport_.paused() || transport_.throttled(); }
  void requireBounded();

  testing::StringTransport transport_;
  Script script_{""};
  std::string_view wire_;  // what is not given yet
  std::string given_;      // what the protocol got, in order
  // Places in given_: what is done with, what went into the parser, what is being parsed.
  std::size_t delivered_ = 0;
  std::size_t lookedAt_ = 0;
  std::size_t visible_ = 0;
  std::vector<std::pair<std::size_t, std::size_t>> limits_;  // the place from which on, the limit

  bool inside_ = false;   // a method of the protocol runs
  bool joins_ = false;    // since allWaitsAgain in it
  bool refused_ = false;  // the protocol drops all that comes, or threw
  bool inputEnded_ = false;
  Cause protocolCause_ = nullptr;  // comes before the transport's
  Cause transportCause_ = nullptr;
  bool lost_ = false;
  Successor* successor_ = nullptr;  // after handOver; owned by transport_
  std::string inherited_;           // what it got

  std::size_t heapBefore_ = 0;
  std::size_t heldBack_ = 0;  // the most undelivered bytes since the protocol held none back
  std::size_t largest_ = 0;   // of what was delivered: a parser keeps that until it goes on
};

/// Three conversations about `wire`: as `script` says, whole, and byte by byte.
template <class Conversation, class... Settings>
void playEachWay(std::string_view script, std::string_view wire, const Settings&... settings) {
  Conversation(wire, settings...).play(script);
  Conversation(wire, settings...).playInPieces(SIZE_MAX);
  Conversation(wire, settings...).playInPieces(1);
}

}  // namespace couplet::fuzz
