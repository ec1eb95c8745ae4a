// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// NetstringReceiver. The input is `limit|script|bytes of the peer`.
#include <couplet/protocols/netstring.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "framing_conversation.h"
#include "require.h"
#include "sending.h"

namespace couplet::fuzz {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

class NetstringConversation : public FramingConversation {
 public:
  NetstringConversation(std::string_view wire, std::size_t limit)
      : FramingConversation(wire, limit), receiver_(*this) {
    receiver_.setMaxLength(limit);
  }

 private:
  class Receiver : public NetstringReceiver {
   public:
    explicit Receiver(NetstringConversation& owner) : owner_(owner) {}
    void stringReceived(std::string_view payload) override { owner_.messageReceived(payload); }
    void netstringRefused(const NetstringParseError& error) override { owner_.refused(error); }
    void connectionLost(const Failure& reason) override { owner_.connectionLost(reason); }

   private:
    NetstringConversation& owner_;
  };

  FramedProtocol& protocol() override { return receiver_; }

  Next next(std::string_view bytes) const override {
    return parse(bytes, [this](std::size_t index) { return limitAt(index); });
  }

  /// Byte by byte, as the format is written down.
  template <class LimitAt>
  static Next parse(std::string_view bytes, LimitAt limitAt) {
    unsigned __int128 length = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (bytes[i] == ':' && i > 0) {
        return parsePayload(bytes, i + 1, static_cast<std::size_t>(length));
      }
      if (!isDigit(bytes[i]) || (i > 0 && bytes[0] == '0')) return {Next::kRefusal};
      length = 10 * length + static_cast<unsigned>(bytes[i] - '0');
      if (length > limitAt(i) || length == SIZE_MAX) return {Next::kRefusal};
    }
    return {};
  }

  static Next parsePayload(std::string_view bytes, std::size_t begin, std::size_t length) {
    const std::size_t left = bytes.size() - begin;
    if (left <= length) return {};
    if (bytes[begin + length] != ',') return {Next::kRefusal};
    return {Next::kMessage, bytes.substr(begin, length), begin + length + 1};
  }

  void refused(const NetstringParseError& error) {
    enter();
    require(expectedNext().kind == Next::kRefusal, "what is a netstring is not refused");
    require(receiver_.brokenPeer(), "the receiver knows that it refused");
    inputRefused();
    if (losesFor(is<NetstringParseError>)) receiver_.NetstringReceiver::netstringRefused(error);
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
    const auto wire = written([&] { receiver_.sendString(payload); }, payload.size() > limit());
    if (!wire) return;
    const Next back = parse(*wire, [](std::size_t) { return SIZE_MAX; });
    require(back.payload == payload && back.size == wire->size(), "what is sent can be parsed");
  }

  Receiver receiver_;
};

}  // namespace
}  // namespace couplet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace couplet::fuzz;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t limit = numberOr(99999, takeField(input));
  const std::string_view script = takeField(input);
  NetstringConversation(input, limit).play(script);
  NetstringConversation(input, limit).playInPieces(SIZE_MAX);
  NetstringConversation(input, limit).playInPieces(1);
  return 0;
}
