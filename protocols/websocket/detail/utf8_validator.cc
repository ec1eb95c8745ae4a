// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/websocket/detail/utf8_validator.h>

#include <couplet/protocols/message/detail/utf8.h>

namespace couplet::detail {

namespace {

// States. In the first three so many bytes are missing, any; the others say what is special.
enum State : std::uint8_t {
  kBetween,
  kOne,
  kTwo,
  kThree,
  kAfterE0,
  kAfterED,
  kAfterF0,
  kAfterF4,
  kBad,
};

/// What may come next in the middle of a character: RFC 3629, 4.
struct Expected {
  unsigned char least;
  unsigned char most;
  State then;
};

constexpr Expected kExpected[] = {
    {},
    {0x80, 0xbf, kBetween},
    {0x80, 0xbf, kOne},
    {0x80, 0xbf, kTwo},
    {0xa0, 0xbf, kOne},  // not shorter
    {0x80, 0x9f, kOne},  // no surrogate
    {0x90, 0xbf, kTwo},  // not shorter
    {0x80, 0x8f, kTwo},  // not above U+10FFFF
};

constexpr State after(unsigned char first) noexcept {
  if (first < 0x80) return kBetween;
  if (first < 0xc2 || first > 0xf4) return kBad;
  if (first < 0xe0) return kOne;
  if (first < 0xf0) return first == 0xe0 ? kAfterE0 : first == 0xed ? kAfterED : kTwo;
  return first == 0xf0 ? kAfterF0 : first == 0xf4 ? kAfterF4 : kThree;
}

constexpr State after(State state, unsigned char byte) noexcept {
  if (state == kBetween) return after(byte);
  const Expected& expected = kExpected[state];
  return byte >= expected.least && byte <= expected.most ? expected.then : kBad;
}

}  // namespace

bool UTF8Validator::take(std::string_view bytes) noexcept {
  const auto takeOne = [&] {
    state_ = after(static_cast<State>(state_), static_cast<unsigned char>(bytes.front()));
    bytes.remove_prefix(1);
    return state_ != kBad;
  };
  while (state_ != kBetween && !bytes.empty()) {
    if (!takeOne()) return false;
  }
  bytes.remove_prefix(wholeCharacters(bytes));
  while (!bytes.empty()) {
    if (!takeOne()) return false;
  }
  return true;
}

}  // namespace couplet::detail
