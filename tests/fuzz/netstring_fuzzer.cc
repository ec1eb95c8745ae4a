// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// NetstringReceiver. The input is `limit|script|bytes of the peer`.
#include <couplet/protocols/netstring.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "require.h"
#include "string_conversation.h"

namespace couplet::fuzz {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

class NetstringConversation : public StringConversation<NetstringReceiver> {
 public:
  using StringConversation::StringConversation;

 private:
  Next next(std::string_view bytes) const override {
    return parse(bytes, [this](std::size_t index) { return limitAt(index); });
  }
  Next nextSent(std::string_view bytes) const override {
    return parse(bytes, [](std::size_t) { return SIZE_MAX; });
  }
  bool cannotBeSent(std::size_t size) const override { return size > limit(); }

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

  void netstringRefused(const NetstringParseError& error) override {
    enter();
    require(expectedNext().kind == Next::kRefusal, "what is a netstring is not refused");
    require(brokenPeer(), "the receiver knows that it refused");
    inputRefused();
    if (losesFor(is<NetstringParseError>)) NetstringReceiver::netstringRefused(error);
    makeMovesInside();
  }
};

}  // namespace
}  // namespace couplet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace couplet::fuzz;
  playStrings<NetstringConversation>({reinterpret_cast<const char*>(data), size});
  return 0;
}
