// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "tests/protocols/websocket/autobahn/frame.h"

#include <algorithm>
#include <ostream>
#include <stdexcept>

namespace couplet::autobahn {

namespace {

constexpr std::size_t kMostControl = 125;  // bytes of a control frame's payload: RFC 6455, 5.5
constexpr std::size_t kMostPrinted = 40;

bool isASCII(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

/// Whether `said` is a Close frame with the code that `wanted` has, and a text for people.
bool refusesAs(const Frame& wanted, const Frame& said) {
  return said.first == wanted.first && said.payload.size() <= kMostControl &&
         said.payload.starts_with(wanted.payload) &&
         isASCII(std::string_view(said.payload).substr(wanted.payload.size()));
}

/// Takes `size` bytes, which must be there.
std::string_view take(std::string_view& bytes, std::uint64_t size) {
  if (size > bytes.size()) throw std::runtime_error("a frame is cut off");
  const std::string_view taken = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return taken;
}

std::uint64_t takeNumber(std::string_view& bytes, std::size_t size) {
  std::uint64_t number = 0;
  for (const char c : take(bytes, size)) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

}  // namespace

bool operator==(const Frame& a, const Frame& b) {
  if (b.anyText) return refusesAs(b, a);
  if (a.anyText) return refusesAs(a, b);
  return a.first == b.first && a.payload == b.payload;
}

void PrintTo(const Frame& frame, std::ostream* out) {
  constexpr char kDigits[] = "0123456789abcdef";
  const auto hex = [&](unsigned char c) { *out << kDigits[c >> 4] << kDigits[c & 15]; };
  hex(static_cast<unsigned char>(frame.first));
  *out << "(" << frame.payload.size() << "):";
  for (const char c : frame.payload.substr(0, kMostPrinted)) hex(static_cast<unsigned char>(c));
  if (frame.payload.size() > kMostPrinted) *out << "...";
  if (frame.anyText) *out << " and any text";
}

std::vector<Frame> fragmented(unsigned first, std::string_view payload, std::size_t size) {
  std::vector<Frame> made;
  do {
    made.push_back({made.empty() ? first & 0x7f : 0, std::string(payload.substr(0, size))});
    payload.remove_prefix(std::min(size, payload.size()));
  } while (!payload.empty());
  made.back().first |= 0x80;
  return made;
}

std::string repeated(std::string_view pattern, std::size_t size) {
  std::string made;
  made.reserve(size + pattern.size());
  while (made.size() < size) made += pattern;
  made.resize(size);
  return made;
}

Frame takeFrame(WebSocketSide side, std::string_view& bytes) {
  const std::uint64_t start = takeNumber(bytes, 2);
  const bool masked = (start & 0x80) != 0;
  if (masked != (side == WebSocketSide::kClient)) {
    throw std::runtime_error("a client masks its frames, and a server does not");
  }
  std::uint64_t length = start & 0x7f;
  if (length >= 126) {
    const bool longest = length == 127;
    length = takeNumber(bytes, longest ? 8 : 2);
    if (length < (longest ? 65536 : 126)) throw std::runtime_error("a length is too long");
  }
  const std::string_view key = masked ? take(bytes, 4) : std::string_view("\0\0\0\0", 4);
  Frame frame{static_cast<unsigned>(start >> 8), std::string(take(bytes, length))};
  for (std::size_t i = 0; i < length; ++i) frame.payload[i] ^= key[i % 4];
  return frame;
}

}  // namespace couplet::autobahn
