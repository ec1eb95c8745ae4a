// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/detail/framing.h>

#include <couplet/protocols/http/detail/grammar.h>
#include <couplet/protocols/http/detail/refusals.h>

namespace couplet::detail {

namespace {

using Length = FramingFields::Length;

/// RFC 9110 8.6: Content-Length = 1*DIGIT. Past 2^63-1 nothing is counted any more.
Length readLength(std::string_view digits, std::uint64_t& length) noexcept {
  if (digits.empty() || !allOf(digits, ByteClass::kDigit)) return Length::kBad;
  length = 0;
  for (const char digit : digits) {
    const auto value = static_cast<std::uint64_t>(digit - '0');
    if (length > (INT64_MAX - value) / 10) return Length::kTooLarge;
    length = 10 * length + value;
  }
  return Length::kGood;
}

void collectOneLength(FramingFields& framing, std::string_view digits) noexcept {
  std::uint64_t length = 0;
  const Length is = readLength(digits, length);
  if (framing.lengthIs == Length::kGood) framing.lengthIs = is;
  if (framing.lengths++ == 0) framing.length = length;
  if (length != framing.length) framing.lengthsDiffer = true;
}

/// Codings that we do not know, with `chunked` once and last.
bool isOthersThenChunked(std::string_view codings) noexcept {
  const std::size_t comma = codings.rfind(',');
  if (comma == codings.npos) return false;
  const std::string_view others = trimBlanks(codings.substr(0, comma));
  return !others.empty() && !hasElement(others, "chunked") &&
         tokenIs(trimBlanks(codings.substr(comma + 1)), "chunked");
}

/// RFC 9110 8.6, and a list of them.
[[gnu::noinline]] void collectLength(FramingFields& framing, std::string_view value) noexcept {
  for (;;) {
    const std::size_t comma = value.find(',');
    collectOneLength(framing, trimBlanks(value.substr(0, comma)));
    if (comma == value.npos) return;
    value.remove_prefix(comma + 1);
  }
}

/// RFC 9112 6.1.
[[gnu::noinline]] void collectCoding(FramingFields& framing, std::string_view value) noexcept {
  ++framing.codings;
  framing.chunkedOnly = framing.codings == 1 && tokenIs(value, "chunked");
  framing.othersThenChunked = isOthersThenChunked(value);
}

/// RFC 9110 7.6.1.
[[gnu::noinline]] void collectOptions(FramingFields& framing, std::string_view list) noexcept {
  while (const auto option = nextElement(list)) {
    framing.close |= tokenIs(*option, "close");
    framing.keepAlive |= tokenIs(*option, "keep-alive");
    framing.upgradeOption |= tokenIs(*option, "upgrade");
  }
}

void collectConnection(FramingFields& framing, std::string_view value) noexcept {
  if (!tokenIs(value, "keep-alive")) return collectOptions(framing, value);
  framing.keepAlive = true;
}

}  // namespace

void collectOther(FramingFields& framing, const HeaderField& field) noexcept {
  const std::string_view name = field.name;
  framing.others = true;
  switch (name.size()) {
    case 6:
      framing.expectsContinue |= tokenIs(name, "expect") && tokenIs(field.value, "100-continue");
      return;
    case 7:
      framing.hasUpgrade |= tokenIs(name, "upgrade");
      return;
    case 10:
      if (tokenIs(name, "connection")) collectConnection(framing, field.value);
      return;
    case 14:
      if (tokenIs(name, "content-length")) collectLength(framing, field.value);
      return;
    case 17:
      if (tokenIs(name, "transfer-encoding")) collectCoding(framing, field.value);
  }
}

const HTTPRefusal* refusalOfCodings(const FramingFields& framing, HTTPVersion version) noexcept {
  if (version == HTTPVersion::kHTTP10) return &kCodingOn10;
  if (framing.chunkedOnly) return nullptr;
  return framing.codings == 1 && framing.othersThenChunked ? &kUnknownCoding : &kBadCoding;
}

void judgeConnection(MessageHead& head, const FramingFields& framing) noexcept {
  const bool persistent = head.version == HTTPVersion::kHTTP11;
  head.keepAlive = !framing.close && (persistent || framing.keepAlive);
  head.upgrade = persistent && framing.upgradeOption && framing.hasUpgrade;
}

}  // namespace couplet::detail
