// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/int_string.h>

#include <utility>

namespace couplet {

namespace {

/// The `prefixBytes` low bytes of `length`, the highest first.
std::string_view writePrefix(std::size_t length, int prefixBytes, char* prefix) {
  for (int i = prefixBytes - 1; i >= 0; --i, length >>= 8)
    prefix[i] = static_cast<char>(length & 0xff);
  return {prefix, static_cast<std::size_t>(prefixBytes)};
}

}  // namespace

std::optional<std::string_view> IntStringParser::next(std::string_view& bytes) {
  if (const auto string = takeWhole(bytes)) return string;
  if (prefixSeen_ < prefixBytes_ && !takePrefix(bytes)) return std::nullopt;
  return takePayload(bytes);
}

std::string IntStringParser::unfinished() const {
  if (prefixSeen_ == 0) return "";
  if (prefixSeen_ < prefixBytes_) return "part of a string's length";
  return std::to_string(held_.size()) + " of " + std::to_string(length_) + " bytes of a string";
}

std::string IntStringParser::takeUnfinished() {
  if (prefixSeen_ == 0) return "";
  char prefix[4];
  std::string bytes(writePrefix(length_, prefixSeen_, prefix));
  if (prefixSeen_ == prefixBytes_) {
    bytes.append(held_.view());
    held_.release();
  }
  startOver();
  return bytes;
}

/// The common case, at little cost: a string that is whole and allowed. All others take the long
/// way.
std::optional<std::string_view> IntStringParser::takeWhole(std::string_view& bytes) const {
  const auto prefix = static_cast<std::size_t>(prefixBytes_);
  if (prefixSeen_ != 0 || refusedLength_ || !held_.empty()) return std::nullopt;
  if (bytes.size() < prefix) return std::nullopt;
  std::size_t length = 0;
  for (std::size_t i = 0; i < prefix; ++i)
    length = length << 8 | static_cast<unsigned char>(bytes[i]);
  if (length > maxLength_ || bytes.size() - prefix < length) return std::nullopt;
  const std::string_view string = bytes.substr(prefix, length);
  bytes.remove_prefix(prefix + length);
  return string;
}

/// True when the whole length is taken, and allowed.
bool IntStringParser::takePrefix(std::string_view& bytes) {
  held_.clear();
  while (prefixSeen_ < prefixBytes_ && !bytes.empty() && !refusedLength_) {
    length_ = length_ << 8 | static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    ++prefixSeen_;
  }
  if (prefixSeen_ == prefixBytes_ && length_ <= maxLength_) return true;
  if (prefixSeen_ == prefixBytes_) refuse();
  bytes.remove_prefix(bytes.size());
  held_.release();
  return false;
}

std::optional<std::string_view> IntStringParser::takePayload(std::string_view& bytes) {
  const std::size_t missing = length_ - held_.size();
  const std::string_view taken = bytes.substr(0, missing);
  bytes.remove_prefix(taken.size());
  if (held_.empty() && taken.size() == missing) {
    startOver();
    return taken;
  }
  held_.append(taken, length_);
  if (taken.size() < missing) return std::nullopt;
  startOver();
  return held_.view();
}

void IntStringParser::refuse() noexcept {
  refusedLength_ = length_;
  startOver();
}

void IntStringParser::startOver() noexcept {
  prefixSeen_ = 0;
  length_ = 0;
}

void IntNStringReceiver::lengthLimitExceeded(std::size_t length) {
  loseConnection(Failure(LengthLimitExceededError("string of " + std::to_string(length) +
                                                  " bytes is longer than the limit of " +
                                                  std::to_string(maxLength()))));
}

void IntNStringReceiver::sendString(std::string_view string) {
  const int prefixBytes = parser_.prefixBytes();
  const std::size_t limit = (std::size_t{1} << 8 * prefixBytes) - 1;
  if (string.size() > limit) {
    throw StringTooLongError("string of " + std::to_string(string.size()) +
                             " bytes is longer than its prefix can say: " + std::to_string(limit));
  }
  char prefix[4];
  transport().writeSequence({writePrefix(string.size(), prefixBytes, prefix), string});
}

bool IntNStringReceiver::parseNext(std::string_view& bytes) {
  if (const auto string = parser_.next(bytes)) {
    stringReceived(*string);
    parser_.release();
    return true;
  }
  if (!parser_.refusedLength()) return false;
  refuseInput();
  lengthLimitExceeded(*parser_.refusedLength());
  return true;
}

}  // namespace couplet
