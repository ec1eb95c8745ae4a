// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Int8StringReceiver, Int16StringReceiver and Int32StringReceiver. The input is
// `bytes of the prefix|limit|script|bytes of the peer`.
#include <couplet/protocols/int_string.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "require.h"
#include "string_conversation.h"

namespace couplet::fuzz {
namespace {

template <class Receiver, std::size_t kPrefix>
class IntStringConversation : public StringConversation<Receiver> {
 public:
  using StringConversation<Receiver>::StringConversation;

 private:
  Next next(std::string_view bytes) const override {
    return parse(bytes, this->limitAt(kPrefix - 1));
  }
  Next nextSent(std::string_view bytes) const override { return parse(bytes, SIZE_MAX); }
  bool cannotBeSent(std::size_t size) const override { return size >> 8 * kPrefix != 0; }

  static Next parse(std::string_view bytes, std::size_t limit) {
    if (bytes.size() < kPrefix) return {};
    std::size_t length = 0;
    for (const unsigned char digit : bytes.substr(0, kPrefix)) length = 256 * length + digit;
    if (length > limit) return {Next::kRefusal, {}, length};
    if (bytes.size() - kPrefix < length) return {};
    return {Next::kMessage, bytes.substr(kPrefix, length), kPrefix + length};
  }

  void lengthLimitExceeded(std::size_t length) override {
    this->enter();
    const Next found = this->expectedNext();
    require(found.kind == Next::kRefusal && found.size == length,
            "only what is too long is refused");
    this->inputRefused();
    if (this->losesFor(is<LengthLimitExceededError>)) Receiver::lengthLimitExceeded(length);
    this->makeMovesInside();
  }
};

}  // namespace
}  // namespace couplet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace couplet;
  using namespace couplet::fuzz;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t prefix = numberOr(4, takeField(input));
  if (prefix == 1) playStrings<IntStringConversation<Int8StringReceiver, 1>>(input);
  if (prefix == 2) playStrings<IntStringConversation<Int16StringReceiver, 2>>(input);
  if (prefix == 4) playStrings<IntStringConversation<Int32StringReceiver, 4>>(input);
  return 0;
}
