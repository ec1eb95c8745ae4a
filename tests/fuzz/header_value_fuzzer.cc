// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Header values that have one right spelling: dates and Basic credentials. The input is one.
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include <couplet/protocols/http/base64.h>
#include <couplet/protocols/http/basic_auth.h>
#include <couplet/protocols/http/http_date.h>

#include "require.h"

namespace {

using couplet::fuzz::require;

constexpr std::time_t kNow = 1731000000;

/// What is read is written as the first form, which is the only one with a comma behind its third
/// letter and 29 bytes; the name of the day and a second 60 are written as they should be.
void checkDate(std::string_view text) {
  const std::optional<std::time_t> date = couplet::parseHTTPDate(text, kNow);
  if (!date || *date > 253402300799) return;  // a leap second after the year 9999
  const couplet::HTTPDate bytes = couplet::formatHTTPDate(*date);
  const std::string_view written(bytes.data(), bytes.size());
  require(couplet::parseHTTPDate(written, kNow) == date, "what is written can be parsed");
  require(couplet::parseCookieDate(written) == date || written.substr(12, 4) < "1601",
          "a cookie's date may be any date");
  const bool fixdate = text.size() == written.size() && text[3] == ',';
  if (fixdate && text.substr(17, 8).substr(6) != "60") {
    require(text.substr(3) == written.substr(3), "a date has one spelling");
  }
}

void checkCookieDate(std::string_view text) {
  const std::optional<std::time_t> date = couplet::parseCookieDate(text);
  if (!date) return;
  const couplet::HTTPDate written = couplet::formatHTTPDate(*date);
  require(couplet::parseHTTPDate({written.data(), written.size()}, kNow) == date,
          "a cookie's date is a date");
}

void checkBase64(std::string_view text) {
  const std::optional<std::string> decoded = couplet::base64Decode(text);
  if (decoded) require(couplet::base64Encode(*decoded) == text, "base64 has one spelling");
  require(couplet::base64Decode(couplet::base64Encode(text)) == text, "any bytes can be encoded");
}

void checkCredentials(std::string_view text) {
  const auto credentials = couplet::parseBasicCredentials(text);
  if (!credentials) return;
  const auto again = couplet::parseBasicCredentials(credentials->toHeader());
  require(again && again->match(credentials->user, credentials->password),
          "credentials can be sent");
  require(!again->match(credentials->user, credentials->password + 'x'), "and must be right");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  checkDate(text);
  checkCookieDate(text);
  checkBase64(text);
  checkCredentials(text);
  return 0;
}
