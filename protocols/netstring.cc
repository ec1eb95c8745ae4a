// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/netstring.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace couplet {

namespace {

constexpr std::size_t kSafeDigits = 18;     // of a length that cannot overflow
constexpr std::size_t kLongestHeader = 21;  // 20 digits and a colon
constexpr std::size_t kShortPayload = 256;  // is sent in one piece with what frames it

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// Takes a netstring that is whole, right and not empty off the front of `bytes`; false when there
/// is none. The common case, at little cost: all others take the long way.
inline bool takeWhole(std::string_view& bytes, std::size_t maxLength, std::string_view& payload) {
  const char* const begin = bytes.data();
  const char* const end = begin + bytes.size();
  const char* const lastDigit = begin + std::min(bytes.size(), kSafeDigits);
  if (begin == end || *begin == '0') return false;
  std::size_t length = 0;
  const char* colon = begin;
  for (; colon != lastDigit; ++colon) {
    const unsigned digit = static_cast<unsigned char>(*colon) - unsigned{'0'};
    if (digit > 9) break;
    length = 10 * length + digit;
  }
  const auto left = static_cast<std::size_t>(end - colon);
  if (length == 0 || left < length + 2 || length > maxLength) return false;
  const char* const comma = colon + 1 + length;
  if (*colon != ':' || *comma != ',') return false;
  payload = {colon + 1, length};
  bytes = {comma + 1, end};
  return true;
}

/// Writes the length and the colon; returns where they end. There is room for kLongestHeader.
char* writeHeader(char* place, std::size_t length) {
  place = std::to_chars(place, place + kLongestHeader, length).ptr;
  *place = ':';
  return place + 1;
}

}  // namespace

std::optional<std::string_view> NetstringParser::next(std::string_view& bytes) {
  std::string_view payload;
  if (idle() && takeWhole(bytes, maxLength_, payload)) return payload;
  if (state_ != State::kPayload && !takeLength(bytes)) return std::nullopt;
  return takePayload(bytes);
}

void NetstringParser::release() noexcept {
  if (state_ != State::kHandedOut) return;
  state_ = State::kIdle;
  held_.release();
}

std::string NetstringParser::unfinished() const {
  if (state_ == State::kLengthDigits) return "part of a netstring's length";
  if (state_ != State::kPayload) return "";
  const std::string length = std::to_string(length_);
  if (held_.size() == length_) return "all " + length + " bytes of a netstring, without its comma";
  return std::to_string(held_.size()) + " of " + length + " bytes of a netstring";
}

std::string NetstringParser::takeUnfinished() {
  if (state_ != State::kLengthDigits && state_ != State::kPayload) return "";
  std::string bytes = std::to_string(length_);
  if (state_ == State::kPayload) bytes.append(":").append(held_.view());
  state_ = State::kIdle;
  length_ = 0;
  held_.release();
  return bytes;
}

/// True when the whole length and its colon are taken.
bool NetstringParser::takeLength(std::string_view& bytes) {
  release();
  for (std::size_t i = 0; i < bytes.size() && state_ != State::kRefused; ++i) {
    if (bytes[i] == ':' && state_ == State::kLengthDigits) {
      bytes.remove_prefix(i + 1);
      state_ = State::kPayload;
      return true;
    }
    takeDigit(bytes[i]);
  }
  bytes.remove_prefix(bytes.size());
  return false;
}

void NetstringParser::takeDigit(char c) {
  const bool first = state_ == State::kIdle;
  if (!isDigit(c)) {
    return refuse(first ? "netstring does not begin with a digit"
                        : "netstring length is not digits and a colon");
  }
  const auto digit = static_cast<std::size_t>(c - '0');
  if (!first && length_ == 0) return refuse("netstring length has a leading zero");
  if (length_ > maxLength_ / 10 || digit > maxLength_ - 10 * length_) {
    return refuse("netstring is longer than is allowed");
  }
  length_ = 10 * length_ + digit;
  state_ = State::kLengthDigits;
}

std::optional<std::string_view> NetstringParser::takePayload(std::string_view& bytes) {
  const std::size_t missing = length_ + 1 - held_.size();
  const std::string_view taken = bytes.substr(0, missing);
  bytes.remove_prefix(taken.size());
  if (held_.empty() && taken.size() == missing) return finish(taken);
  held_.append(taken, length_ + 1);
  if (taken.size() < missing) return std::nullopt;
  return finish(held_.view());
}

std::optional<std::string_view> NetstringParser::finish(std::string_view payloadAndComma) {
  if (payloadAndComma.back() != ',') {
    refuse("netstring does not end with a comma");
    held_.release();
    return std::nullopt;
  }
  state_ = held_.empty() ? State::kIdle : State::kHandedOut;
  length_ = 0;
  payloadAndComma.remove_suffix(1);
  return payloadAndComma;
}

void NetstringParser::refuse(const char* why) noexcept {
  state_ = State::kRefused;
  length_ = 0;
  refused_ = why;
}

void NetstringReceiver::netstringRefused(const NetstringParseError& error) {
  loseConnection(Failure(error));
}

void NetstringReceiver::sendString(std::string_view payload) {
  if (payload.size() > maxLength()) refuseToSend(payload.size());
  char frame[kLongestHeader + kShortPayload + 1];
  char* const place = writeHeader(frame, payload.size());
  if (payload.size() > kShortPayload) {
    return transport().writeSequence({{frame, place}, payload, ","});
  }
  char* const comma = std::copy(payload.begin(), payload.end(), place);
  *comma = ',';
  transport().write({frame, comma + 1});
}

void NetstringReceiver::refuseToSend(std::size_t length) const {
  throw StringTooLongError("netstring of " + std::to_string(length) +
                           " bytes is longer than the limit of " + std::to_string(maxLength()));
}

bool NetstringReceiver::parseNext(std::string_view& bytes) {
  std::string_view payload;
  if (!parser_.idle() || !takeWhole(bytes, maxLength(), payload)) return parseInPieces(bytes);
  stringReceived(payload);
  return true;
}

bool NetstringReceiver::parseInPieces(std::string_view& bytes) {
  if (const auto payload = parser_.next(bytes)) {
    stringReceived(*payload);
    parser_.release();
    return true;
  }
  if (!parser_.refused()) return false;
  refuseInput();
  netstringRefused(NetstringParseError(parser_.refused()));
  return true;
}

}  // namespace couplet
