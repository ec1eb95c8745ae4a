// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/line.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace couplet {

namespace {

std::string requireDelimiter(std::string delimiter) {
  if (delimiter.empty()) throw std::invalid_argument("the delimiter of lines must not be empty");
  return delimiter;
}

}  // namespace

LineParser::LineParser(std::string delimiter, std::size_t maxLength, Patience patience)
    : delimiter_(requireDelimiter(std::move(delimiter))),
      maxLength_(maxLength),
      patience_(patience) {}

std::optional<std::string_view> LineParser::next(std::string_view& bytes) {
  if (std::exchange(handedOut_, false)) held_.clear();
  const std::size_t end = findDelimiter(bytes);
  const bool delimited = end != std::string_view::npos;
  const std::size_t length = delimited ? end : held_.size() + bytes.size();
  tooLong_ = length > limit(delimited);
  if (tooLong_) return std::nullopt;
  if (delimited) return finish(length, bytes);
  held_.append(bytes, limit(false));
  bytes.remove_prefix(bytes.size());
  if (held_.empty()) held_.release();
  return std::nullopt;
}

std::string_view LineParser::takeTooLong(std::string_view& bytes) {
  tooLong_ = false;
  std::string_view taken = std::exchange(bytes, bytes.substr(bytes.size()));
  if (held_.empty()) return taken;
  held_.append(taken);
  handedOut_ = true;
  return held_.view();
}

std::string LineParser::takeUnfinished() {
  if (handedOut_) return "";
  std::string bytes(held_.view());
  held_.release();
  return bytes;
}

void LineParser::setDelimiter(std::string delimiter) {
  delimiter_ = requireDelimiter(std::move(delimiter));
}

/// Where, counted from the beginning of held_, the first delimiter begins.
std::size_t LineParser::findDelimiter(std::string_view bytes) const {
  if (held_.empty()) return bytes.find(delimiter_);
  const std::size_t overlap = std::min(delimiter_.size() - 1, held_.size());
  const std::size_t seamStart = held_.size() - overlap;
  std::string seam(held_.view().substr(seamStart));
  seam.append(bytes.substr(0, delimiter_.size() - 1));
  if (const auto at = seam.find(delimiter_); at != std::string::npos) return seamStart + at;
  const auto at = bytes.find(delimiter_);
  return at == std::string_view::npos ? at : held_.size() + at;
}

/// The most bytes that may stand before a delimiter, or without one.
std::size_t LineParser::limit(bool delimited) const noexcept {
  if (delimited || patience_ == Patience::kForLine) return maxLength_;
  const std::size_t room = SIZE_MAX - maxLength_;
  return maxLength_ + std::min(delimiter_.size() - 1, room);
}

/// The line of `length` bytes that begins with held_ and ends in `bytes`, at the latest in held_'s
/// end.
std::optional<std::string_view> LineParser::finish(std::size_t length, std::string_view& bytes) {
  const std::size_t held = held_.size();
  const std::string_view taken = bytes.substr(0, length > held ? length - held : 0);
  bytes.remove_prefix(length + delimiter_.size() - held);
  if (held == 0) return taken;
  if (length < held) held_.dropBack(held - length);
  held_.append(taken);
  handedOut_ = true;
  return held_.view();
}

void LineProtocol::lineLengthExceeded(std::string_view) {
  loseConnection(Failure(LineLengthExceededError("line is longer than the limit of " +
                                                 std::to_string(maxLength()) + " bytes")));
}

void LineProtocol::sendLine(std::string_view line) {
  transport().writeSequence({line, std::string_view(delimiter())});
}

std::string LineProtocol::unfinished() const {
  if (parser_.kept() == 0) return "";
  return std::to_string(parser_.kept()) + " bytes of a line, without its delimiter";
}

bool LineProtocol::parseNext(std::string_view& bytes) {
  if (const auto line = parser_.next(bytes)) {
    lineReceived(*line);
  } else if (parser_.tooLong()) {
    lineLengthExceeded(parser_.takeTooLong(bytes));
  } else {
    return false;
  }
  parser_.release();
  return true;
}

void LineReceiver::rawDataReceived(std::string_view) {
  throw std::logic_error("LineReceiver: setRawMode needs an override of rawDataReceived");
}

void LineReceiver::setLineMode(std::string_view extra) {
  rawMode_ = false;
  if (!extra.empty()) unread(extra);
  deliverUnread();
}

bool LineReceiver::parseNext(std::string_view& bytes) {
  return rawMode_ ? parseRaw(bytes) : LineProtocol::parseNext(bytes);
}

/// First the beginning of a line that came before `setRawMode`, if there is one.
bool LineReceiver::parseRaw(std::string_view& bytes) {
  const std::string begun = takeUnfinished();
  if (begun.empty() && bytes.empty()) return false;
  if (begun.empty()) {
    rawDataReceived(std::exchange(bytes, bytes.substr(bytes.size())));
  } else {
    rawDataReceived(begun);
  }
  return true;
}

}  // namespace couplet
