// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What the conversations with the receivers of strings have in common.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "framing_conversation.h"
#include "require.h"
#include "sending.h"

namespace couplet::fuzz {

/// Is the receiver that it converses with.
template <class Receiver>
class StringConversation : public FramingConversation, protected Receiver {
 public:
  StringConversation(std::string_view wire, std::size_t limit) : FramingConversation(wire, limit) {
    this->setMaxLength(limit);
  }

 protected:
  /// As `next`, of what was sent: without a limit.
  virtual Next nextSent(std::string_view bytes) const = 0;

  /// Whether a payload of `size` cannot be sent.
  virtual bool cannotBeSent(std::size_t size) const = 0;

 private:
  FramedProtocol& protocol() override { return *this; }
  void stringReceived(std::string_view payload) override { messageReceived(payload); }
  void connectionLost(const Failure& reason) override {
    FramingConversation::connectionLost(reason);
  }

  bool makeOwnMove(char letter) override {
    if (letter == 'm') setLimit(script().number());
    if (letter == 's') send(payloadOf(script()));
    return letter == 'm' || letter == 's';
  }

  void setLimit(std::size_t limit) {
    this->setMaxLength(limit);
    limitChanged(limit);
  }

  void send(const std::string& payload) {
    const auto wire = written([&] { this->sendString(payload); }, cannotBeSent(payload.size()));
    if (!wire) return;
    const Next back = nextSent(*wire);
    require(back.payload == payload && back.size == wire->size(), "what is sent can be parsed");
  }
};

/// Plays the input `limit|script|bytes of the peer`.
template <class Conversation>
void playStrings(std::string_view input) {
  const std::size_t limit = numberOr(99999, takeField(input));
  const std::string_view script = takeField(input);
  playEachWay<Conversation>(script, input, limit);
}

}  // namespace couplet::fuzz
