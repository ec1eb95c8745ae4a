// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "http_reader.h"

#include <charconv>

namespace couplet::fuzz {

namespace {

/// A colon behind a token.
std::size_t colonOf(std::string_view line) {
  const std::size_t colon = line.find(':');
  refuseUnless(colon != line.npos && isToken(line.substr(0, colon)));
  return colon;
}

}  // namespace

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool isToken(std::string_view text) {
  return !text.empty() && all(text, [](char c) {
    return isAlpha(c) || isDecimal(c) || isAmong(c, "!#$%&'*+-.^_`|~");
  });
}

std::optional<std::uint64_t> lengthOf(std::string_view digits) {
  if (!all(digits, isDecimal)) return std::nullopt;
  std::uint64_t length = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), length, 10);
  if (error != std::errc() || length > INT64_MAX) return std::nullopt;
  return length;
}

std::vector<HeaderField> Section::fields() const {
  std::vector<HeaderField> all;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::size_t end = i + 1 < starts.size() ? starts[i + 1] : text.size();
    std::string_view line = std::string_view(text).substr(starts[i], end - starts[i]);
    line = line.substr(0, line.find_first_of("\r\n"));
    const std::size_t colon = colonOf(line);
    all.push_back({line.substr(0, colon), trim(line.substr(colon + 1))});
  }
  return all;
}

std::string_view Reader::line(std::size_t most, int tooLarge, bool bareLF) {
  const std::size_t begin = at_;
  for (;; ++at_) {
    refuseUnless(at_ - section_ <= most, tooLarge);
    const std::string_view here = wire_.substr(at_);
    if (here.empty() || here == "\r") throw Incomplete();
    const std::size_t end = here.starts_with("\r\n") ? 2 : bareLF && here[0] == '\n' ? 1 : 0;
    if (end > 0) {
      at_ += end;
      return wire_.substr(begin, at_ - end - begin);
    }
    refuseUnless(!isControl(here[0]));
  }
}

Section Reader::fields(std::size_t most, int tooLarge, bool lenient) {
  Section section;
  for (;;) {
    const std::size_t before = at_;
    const std::string_view text = line(most, tooLarge, lenient);
    if (text.empty()) return section;
    if (isAmong(text[0], " \t")) {
      refuseUnless(lenient && !section.starts.empty());
      for (std::size_t i = section.text.size(); isAmong(section.text[i - 1], "\r\n"); --i) {
        section.text[i - 1] = ' ';
      }
    } else {
      colonOf(text);
      refuseUnless(section.starts.size() < limits().headerCount, 431);
      section.starts.push_back(section.text.size());
    }
    section.text.append(wire_.substr(before, at_ - before));
  }
}

std::string_view Reader::upTo(std::uint64_t size) {
  const std::string_view taken = wire_.substr(at_, size);
  at_ += taken.size();
  return taken;
}

void Reader::lengthBody(std::uint64_t length, Heard& heard) {
  refuseUnless(length <= settings_.mostOfBody(), 413);
  const std::string_view taken = upTo(length);
  if (!taken.empty()) hearBody(heard, taken);
  if (taken.size() < length) throw Incomplete();
}

void Reader::restAsBody(Heard& heard) {
  const std::string_view taken = upTo(settings_.mostOfBody());
  if (!taken.empty()) hearBody(heard, taken);
  refuseUnless(rest().empty());
}

/// 7.1: chunks, the last of them with no bytes, and trailers.
void Reader::chunkedBody(Heard& heard) {
  std::uint64_t allowed = settings_.mostOfBody();
  while (const std::uint64_t size = chunkSize()) {
    refuseUnless(size <= allowed, 413);
    allowed -= size;
    const std::string_view data = upTo(size);
    if (!data.empty()) hearBody(heard, data);
    if (data.size() < size) throw Incomplete();
    refuseUnless(byte() == '\r');
    refuseUnless(byte() == '\n');
  }
  beginSection();
  const Section trailers = fields(limits().trailers, 400, false);
  if (!trailers.starts.empty()) heard.push_back(trailersOf(trailers.fields()));
}

char Reader::byte() {
  if (rest().empty()) throw Incomplete();
  return wire_[at_++];
}

/// chunk-size [ chunk-ext ] CRLF
std::uint64_t Reader::chunkSize() {
  std::string digits;
  bool extended = false;
  std::size_t size = 0;
  for (char c = byte(); c != '\r' || digits.empty(); c = byte()) {
    extended = extended || (c == ';' && !digits.empty());
    if (!extended) {
      refuseUnless(isHexadecimal(c) && digits.size() < 16);
      digits += c;
    }
    refuseUnless(!isControl(c) && c != '\\' && ++size <= limits().chunkLine);
  }
  refuseUnless(byte() == '\n');
  const std::uint64_t value = std::stoull(digits, nullptr, 16);
  refuseUnless(value <= INT64_MAX);
  return value;
}

}  // namespace couplet::fuzz
