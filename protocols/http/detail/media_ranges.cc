// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/detail/media_ranges.h>

#include <optional>

#include <couplet/protocols/http/detail/grammar.h>

namespace couplet::detail {

namespace {

/// Of what fits a media type: how exactly, and how much it is wanted.
struct Fit {
  int exactness = 0;  // 1 for */*, 2 for text/*, 3 for the type itself
  int quality = 1000;
};

/// What comes before `delimiter`, without blanks; `text` is what comes behind it.
std::string_view takeUntil(std::string_view& text, char delimiter) {
  const std::size_t end = text.find(delimiter);
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  return trimBlanks(part);
}

/// 12.4.2: "0.5" is 500; nothing for what is no weight.
std::optional<int> thousandths(std::string_view weight) {
  if (weight.empty() || weight.size() > 5 || !isIn(weight[0], "01")) return std::nullopt;
  if (weight.size() > 1 && weight[1] != '.') return std::nullopt;
  int digits = 0;
  for (std::size_t i = 2; i < 5; ++i) {
    const char digit = i < weight.size() ? weight[i] : '0';
    if (!isDigit(digit)) return std::nullopt;
    digits = digits * 10 + (digit - '0');
  }
  if (weight[0] == '0') return digits;
  return digits == 0 ? std::optional(1000) : std::nullopt;
}

int exactnessOf(std::string_view range, std::string_view mediaType) {
  if (range == "*/*") return 1;
  if (sameIgnoringCase(range, mediaType)) return 3;
  const std::string_view anyOfType = mediaType.substr(0, mediaType.find('/') + 1);
  const bool isAny = !range.empty() && range.back() == '*';
  return isAny && sameIgnoringCase(range.substr(0, range.size() - 1), anyOfType) ? 2 : 0;
}

bool isUTF8Charset(std::string_view name, std::string_view value) {
  return sameIgnoringCase(name, "charset") &&
         (sameIgnoringCase(value, "utf-8") || sameIgnoringCase(value, "\"utf-8\""));
}

/// How an element of the list fits; nothing where it does not.
std::optional<Fit> fitOf(std::string_view element, std::string_view mediaType) {
  Fit fit;
  fit.exactness = exactnessOf(takeUntil(element, ';'), mediaType);
  if (fit.exactness == 0) return std::nullopt;
  while (!element.empty()) {
    std::string_view parameter = takeUntil(element, ';');
    if (parameter.empty()) continue;
    const std::string_view name = takeUntil(parameter, '=');
    if (sameIgnoringCase(name, "q")) {
      const auto quality = thousandths(trimBlanks(parameter));
      if (!quality) return std::nullopt;
      fit.quality = *quality;
    } else if (!isUTF8Charset(name, trimBlanks(parameter))) {
      return std::nullopt;
    }
  }
  return fit;
}

}  // namespace

int qualityOf(std::string_view mediaType, const Headers& headers) {
  if (!headers.has("Accept")) return 1000;
  Fit best{0, 0};
  for (std::string_view list : headers.all("Accept")) {
    while (const auto element = nextElement(list)) {
      const auto fit = fitOf(*element, mediaType);
      if (fit && fit->exactness > best.exactness) best = *fit;
    }
  }
  return best.quality;
}

bool prefersHTML(const Headers& headers) {
  return qualityOf("text/html", headers) > qualityOf("application/json", headers);
}

}  // namespace couplet::detail
