// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/headers.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <couplet/protocols/http/detail/grammar.h>
#include <couplet/protocols/http/detail/scan.h>

namespace couplet {

namespace {

using detail::ByteClass;

constexpr std::size_t kAroundField = 4;  // colon, space, CR LF

char lowerCase(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string inQuotes(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string quoted = "\"";
  for (const char c : text.substr(0, 60)) {
    const auto byte = static_cast<unsigned char>(c);
    if (detail::isOf(c, ByteClass::kVisible) || c == ' ') {
      quoted += c;
    } else {
      quoted.append("\\x").append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
    }
  }
  return quoted + (text.size() > 60 ? "...\"" : "\"");
}

[[noreturn]] void refuse(const std::string& what, std::string_view name) {
  throw std::invalid_argument("header " + inQuotes(name) + ": " + what);
}

std::string nameOf(char c) {
  if (c == '\r') return "CR";
  if (c == '\n') return "LF";
  if (c == '\0') return "NUL";
  return "a control byte";
}

/// Says what is wrong with a value, or nothing. RFC 9110 5.5.
void checkOddValue(std::string_view name, std::string_view value) {
  const detail::Scanner scanner(value);
  const char* const control = scanner.findControl(value.data());
  if (control != scanner.end()) refuse(nameOf(*control) + " in its value", name);
  if (detail::isBlank(value.front()) || detail::isBlank(value.back())) {
    refuse("its value begins or ends with a space or tab", name);
  }
}

/// What a sender may put into a field: RFC 9110 5.1, 5.5.
inline void check(std::string_view name, std::string_view value) {
  const bool plain = !name.empty() && detail::hasNone<detail::PlainEnd>(name);
  if (!plain && !detail::isHTTPToken(name)) refuse("its name is no token", name);
  if (value.empty()) return;
  const bool trimmed = value.front() != ' ' && value.back() != ' ';
  if (!trimmed || !detail::hasNone<detail::TextEnd>(value)) checkOddValue(name, value);
}

/// RFC 9112 5: field-name ":" OWS field-value OWS, and CR LF.
void appendLine(std::string& text, std::string_view name, std::string_view value) {
  text.append(name).append(": ", 2).append(value).append("\r\n", 2);
}

/// Where the element ends that begins `list`: at a comma outside of quotes. RFC 9110 5.6.4.
std::size_t elementSize(std::string_view list) noexcept {
  bool quoted = false;
  for (std::size_t at = 0; at < list.size(); ++at) {
    if (list[at] == ',' && !quoted) return at;
    if (list[at] == '"') quoted = !quoted;
    if (list[at] == '\\' && quoted) ++at;
  }
  return list.size();
}

}  // namespace

bool sameIgnoringCase(std::string_view left, std::string_view right) noexcept {
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(),
                    [](char a, char b) { return a == b || lowerCase(a) == lowerCase(b); });
}

std::optional<std::string_view> nextElement(std::string_view& list) noexcept {
  while (!list.empty()) {
    const std::string_view element = list.substr(0, elementSize(list));
    list.remove_prefix(std::min(element.size() + 1, list.size()));
    if (const auto trimmed = detail::trimBlanks(element); !trimmed.empty()) return trimmed;
  }
  return std::nullopt;
}

bool hasElement(std::string_view list, std::string_view token) noexcept {
  while (const auto element = nextElement(list)) {
    if (sameIgnoringCase(*element, token)) return true;
  }
  return false;
}

Headers::Headers(std::initializer_list<HeaderField> fields) {
  for (const HeaderField& field : fields) add(field.name, field.value);
}

void Headers::assign(std::span<const HeaderField> fields, std::string_view text) {
  places_.clear();
  text_.assign(text);
  isMessage_ = false;
  const auto offset = [&](const char* at) { return static_cast<std::uint32_t>(at - text.data()); };
  for (const HeaderField& field : fields) {
    places_.push_back({offset(field.name.data()), static_cast<std::uint32_t>(field.name.size()),
                       offset(field.value.data()), static_cast<std::uint32_t>(field.value.size())});
  }
}

void Headers::add(std::string_view name, std::string_view value) {
  check(name, value);
  addLine(name, value);
}

void Headers::set(std::string_view name, std::string_view value) {
  check(name, value);
  const auto isNamed = [&](const Place& place) { return sameIgnoringCase(nameAt(place), name); };
  const auto first = std::find_if(places_.begin(), places_.end(), isNamed);
  if (first == places_.end()) return addLine(name, value);
  places_.erase(std::remove_if(first + 1, places_.end(), isNamed), places_.end());
  const auto index = static_cast<std::size_t>(first - places_.begin());
  const Place place = append(name, value);
  places_[index] = place;
  isMessage_ = false;
}

std::size_t Headers::remove(std::string_view name) noexcept {
  const auto isNamed = [&](const Place& place) { return sameIgnoringCase(nameAt(place), name); };
  const std::size_t count = std::erase_if(places_, isNamed);
  if (count > 0) isMessage_ = false;
  return count;
}

void Headers::clear() noexcept {
  text_.clear();
  places_.clear();
  isMessage_ = true;
}

std::optional<std::string_view> Headers::get(std::string_view name) const noexcept {
  for (const Place& place : places_) {
    if (sameIgnoringCase(nameAt(place), name)) return valueAt(place);
  }
  return std::nullopt;
}

std::vector<std::string_view> Headers::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const Place& place : places_) {
    if (sameIgnoringCase(nameAt(place), name)) values.push_back(valueAt(place));
  }
  return values;
}

bool Headers::hasElement(std::string_view name, std::string_view token) const noexcept {
  return std::any_of(places_.begin(), places_.end(), [&](const Place& place) {
    return sameIgnoringCase(nameAt(place), name) && couplet::hasElement(valueAt(place), token);
  });
}

void Headers::appendTo(std::string& out) const {
  if (isMessage_) {
    out.append(text_);
    return;
  }
  for (const HeaderField field : *this) appendLine(out, field.name, field.value);
}

void Headers::addLine(std::string_view name, std::string_view value) {
  if (places_.size() == places_.capacity()) places_.reserve(std::max<std::size_t>(8, 2 * size()));
  places_.push_back(append(name, value));  // which cannot fail once the text has the line
}

/// Adds a line to the text. `name` and `value` may be views of it.
Headers::Place Headers::append(std::string_view name, std::string_view value) {
  const std::size_t more = name.size() + value.size() + kAroundField;
  std::string before;
  if (text_.capacity() - text_.size() < more) before = makeRoom(more);
  const auto begin = static_cast<std::uint32_t>(text_.size());
  appendLine(text_, name, value);
  return placeAt(begin, name.size(), value.size());
}

Headers::Place Headers::placeAt(std::size_t begin, std::size_t nameSize,
                                std::size_t valueSize) noexcept {
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(nameSize),
          static_cast<std::uint32_t>(begin + nameSize + 2), static_cast<std::uint32_t>(valueSize)};
}

/// Makes room for so many bytes, and drops the text of what was replaced or removed. Returns the
/// text as it was before.
std::string Headers::makeRoom(std::size_t more) {
  std::size_t size = more;
  for (const Place& place : places_) size += place.nameSize + place.valueSize + kAroundField;
  if (size > UINT32_MAX / 2) throw std::length_error("headers of more than 2 GiB");
  std::string larger;
  larger.reserve(2 * size);
  for (Place& place : places_) {
    const std::size_t begin = larger.size();
    appendLine(larger, nameAt(place), valueAt(place));
    place = placeAt(begin, place.nameSize, place.valueSize);
  }
  isMessage_ = true;
  return std::exchange(text_, std::move(larger));
}

}  // namespace couplet
