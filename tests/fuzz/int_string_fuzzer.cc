// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Int8StringReceiver, Int16StringReceiver and Int32StringReceiver. The input is
// `bytes of the prefix|limit|script|bytes of the peer`.
#include <couplet/protocols/int_string.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "framing_conversation.h"
#include "require.h"
#include "sending.h"

namespace couplet::fuzz {
namespace {

template <class Base, std::size_t kPrefix>
class IntStringConversation : public FramingConversation {
 public:
  IntStringConversation(std::string_view wire, std::size_t limit)
      : FramingConversation(wire, limit), receiver_(*this) {
    receiver_.setMaxLength(limit);
  }

 private:
  class Receiver : public Base {
   public:
    explicit Receiver(IntStringConversation& owner) : owner_(owner) {}
    void stringReceived(std::string_view string) override { owner_.messageReceived(string); }
    void lengthLimitExceeded(std::size_t length) override { owner_.refused(length); }
    void connectionLost(const Failure& reason) override { owner_.connectionLost(reason); }

   private:
    IntStringConversation& owner_;
  };

  FramedProtocol& protocol() override { return receiver_; }

  Next next(std::string_view bytes) const override { return parse(bytes, limitAt(kPrefix - 1)); }

  static Next parse(std::string_view bytes, std::size_t limit) {
    if (bytes.size() < kPrefix) return {};
    std::size_t length = 0;
    for (const unsigned char digit : bytes.substr(0, kPrefix)) length = 256 * length + digit;
    if (length > limit) return {Next::kRefusal, {}, length};
    if (bytes.size() - kPrefix < length) return {};
    return {Next::kMessage, bytes.substr(kPrefix, length), kPrefix + length};
  }

  void refused(std::size_t length) {
    enter();
    const Next found = expectedNext();
    require(found.kind == Next::kRefusal && found.size == length,
            "only what is too long is refused");
    inputRefused();
    if (losesFor(is<LengthLimitExceededError>)) receiver_.Base::lengthLimitExceeded(length);
    makeMovesInside();
  }

  bool makeOwnMove(char letter) override {
    if (letter == 'm') setLimit(script().number());
    if (letter == 's') send(payloadOf(script()));
    return letter == 'm' || letter == 's';
  }

  void setLimit(std::size_t limit) {
    receiver_.setMaxLength(limit);
    limitChanged(limit);
  }

  void send(const std::string& payload) {
    const bool tooLong = payload.size() >> 8 * kPrefix != 0;
    const auto wire = written([&] { receiver_.sendString(payload); }, tooLong);
    if (!wire) return;
    const Next back = parse(*wire, SIZE_MAX);
    require(back.payload == payload && back.size == wire->size(), "what is sent can be parsed");
  }

  Receiver receiver_;
};

template <class Base, std::size_t kPrefix>
void playAll(std::string_view input) {
  const std::size_t limit = numberOr(99999, takeField(input));
  const std::string_view script = takeField(input);
  using Conversation = IntStringConversation<Base, kPrefix>;
  Conversation(input, limit).play(script);
  Conversation(input, limit).playInPieces(SIZE_MAX);
  Conversation(input, limit).playInPieces(1);
}

}  // namespace
}  // namespace couplet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace couplet;
  using namespace couplet::fuzz;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t prefix = numberOr(4, takeField(input));
  if (prefix == 1) playAll<Int8StringReceiver, 1>(input);
  if (prefix == 2) playAll<Int16StringReceiver, 2>(input);
  if (prefix == 4) playAll<Int32StringReceiver, 4>(input);
  return 0;
}
