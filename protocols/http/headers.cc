// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/headers.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <stdexcept>
#include <utility>

#include <couplet/protocols/http/detail/copy_text.h>
#include <couplet/protocols/http/detail/grammar.h>
#include <couplet/protocols/http/detail/header_memory.h>
#include <couplet/protocols/http/detail/scan.h>

namespace couplet {

namespace {

using detail::ByteClass;

constexpr std::size_t kAroundField = 4;  // colon, space, CR LF
constexpr std::size_t kMostBytes = 1 << 30;
constexpr std::size_t kFirstFields = 6;  // there is room for, at first
constexpr std::size_t kShortLine = 256;

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

/// What a sender may put into a field: RFC 9110 5.1, 5.5.
[[gnu::noinline]] void check(std::string_view name, std::string_view value) {
  if (!detail::isHTTPToken(name)) refuse("its name is no token", name);
  if (value.empty()) return;
  const detail::Scanner scanner(value);
  const char* const control = scanner.findControl(value.data());
  if (control != scanner.end()) refuse(nameOf(*control) + " in its value", name);
  if (detail::isBlank(value.front()) || detail::isBlank(value.back())) {
    refuse("its value begins or ends with a space or tab", name);
  }
}

/// Whether it may be plainly: nearly all are such.
inline bool isPlain(std::string_view name, std::string_view value) noexcept {
  return !name.empty() && !value.empty() && value.front() != ' ' && value.back() != ' ' &&
         detail::hasNone<detail::PlainEnd>(name) && detail::hasNone<detail::TextEnd>(value);
}

std::size_t lineSize(std::string_view name, std::string_view value) noexcept {
  return name.size() + value.size() + kAroundField;
}

inline bool isNamed(const HeaderField& field, std::string_view name) noexcept {
  return field.name.size() == name.size() && sameIgnoringCase(field.name, name);
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

/// RFC 9112 5: field-name ":" OWS field-value OWS, and CR LF.
[[gnu::always_inline]] inline HeaderField Headers::Block::appendText(
    std::string_view name, std::string_view value) noexcept {
  char* const line = textEnd();
  char* const colon = detail::copyText(line, name);
  std::memcpy(colon, ": ", 2);
  char* const end = detail::copyText(colon + 2, value);
  std::memcpy(end, "\r\n", 2);
  setTextEnd(end + 2);
  return {{line, name.size()}, {colon + 2, value.size()}};
}

inline void Headers::Block::append(const HeaderField& field) noexcept {
  fields()[count++] = field;
  sizes |= sizeBit(field.name);
}

inline Headers::Block* Headers::newBlock(std::size_t fields, std::size_t textSize) {
  const std::size_t head = sizeof(Block) + fields * sizeof(HeaderField);
  if (head + textSize > kMostBytes) throw std::length_error("headers of more than 1 GiB");
  const std::size_t capacity = detail::HeaderMemory::sizeFor(head + textSize);
  return ::new (detail::HeaderMemory::take(capacity)) Block{static_cast<std::uint32_t>(capacity),
                                                            static_cast<std::uint32_t>(head),
                                                            static_cast<std::uint32_t>(fields),
                                                            0,
                                                            0,
                                                            0,
                                                            true,
                                                            false};
}

void Headers::release() noexcept { detail::HeaderMemory::give(block_, block_->capacity); }

Headers::Headers(std::initializer_list<HeaderField> fields) : Headers() {
  for (const HeaderField& field : fields) add(field.name, field.value);
}

Headers Headers::lasting(std::initializer_list<HeaderField> fields) {
  Headers headers(fields);
  if (headers.block_) headers.block_->lasts = true;
  return headers;
}

/// REQUIRES: there is a block
void Headers::makeOwn() {
  if (block_->lasts) block_ = copyWithRoom(0);
}

std::string_view Headers::assign(std::span<const HeaderField> fields, std::string_view text) {
  const std::size_t bytes = sizeof(Block) + fields.size_bytes() + text.size();
  if (!block_ || block_->capacity < bytes || block_->lasts) [[unlikely]] {
    return assignToNewBlock(fields, text);
  }
  Block& block = *block_;
  block.room = block.count = static_cast<std::uint32_t>(fields.size());
  block.isMessage = false;
  block.sizes = UINT32_MAX;
  char* const copy = block.text();
  block.setTextEnd(copy + text.size());
  block.shift =
      reinterpret_cast<std::uintptr_t>(copy) - reinterpret_cast<std::uintptr_t>(text.data());
  for (std::size_t i = 0; i < fields.size(); ++i) block.fields()[i] = fields[i];
  if (text.empty()) return {copy, 0};
  return {static_cast<char*>(std::memcpy(copy, text.data(), text.size())), text.size()};
}

[[gnu::noinline]] std::string_view Headers::assignToNewBlock(std::span<const HeaderField> fields,
                                                             std::string_view text) {
  Headers other;
  other.block_ = newBlock(fields.size(), text.size());
  std::swap(block_, other.block_);
  return assign(fields, text);
}

void Headers::set(std::string_view name, std::string_view value) {
  std::size_t first = 0;
  while (first < size() && !isNamed((*this)[first], name)) ++first;
  if (first == size()) return add(name, value);
  check(name, value);
  Headers before;
  if (!block_->hasRoom(lineSize(name, value))) before = makeRoom(lineSize(name, value));
  block_->fields()[first] = block_->appendText(name, value);
  block_->isMessage = false;
  eraseFrom(first + 1, name);
}

std::size_t Headers::remove(std::string_view name) {
  if (!has(name)) return 0;
  makeOwn();
  const std::size_t count = eraseFrom(0, name);
  block_->isMessage = false;
  return count;
}

void Headers::clear() noexcept {
  if (block_ && block_->lasts) block_ = nullptr;
  if (!block_) return;
  block_->count = 0;
  block_->shift = 0;
  block_->sizes = 0;
  block_->setTextEnd(block_->text());
  block_->isMessage = true;
}

std::optional<std::string_view> Headers::find(std::string_view name) const noexcept {
  for (const HeaderField field : *this) {
    if (isNamed(field, name)) return field.value;
  }
  return std::nullopt;
}

std::vector<std::string_view> Headers::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const HeaderField field : *this) {
    if (isNamed(field, name)) values.push_back(field.value);
  }
  return values;
}

bool Headers::findElement(std::string_view name, std::string_view token) const noexcept {
  for (const HeaderField field : *this) {
    if (isNamed(field, name) && couplet::hasElement(field.value, token)) return true;
  }
  return false;
}

void Headers::appendTo(std::string& out) const {
  if (const auto lines = asLines()) {
    out.append(*lines);
    return;
  }
  for (const HeaderField field : *this) {
    out.append(field.name).append(": ", 2).append(field.value).append("\r\n", 2);
  }
}

/// Whether a field of so many bytes may be appended; takes the first block.
inline bool Headers::hasRoom(std::size_t size) {
  if (block_) return block_->count != block_->room && block_->hasRoom(size);
  if (size > kShortLine) return false;
  block_ = newBlock(kFirstFields, kShortLine);
  return true;
}

void Headers::add(std::string_view name, std::string_view value) {
  if (!isPlain(name, value)) [[unlikely]]
    check(name, value);
  const std::size_t size = lineSize(name, value);
  Headers before;  // whose text `name` and `value` may be
  if (!hasRoom(size)) [[unlikely]]
    before = makeRoom(size);
  block_->append(block_->appendText(name, value));
}

/// Makes room for a field of so many bytes; what was replaced or removed is dropped. Returns us as
/// we were.
Headers Headers::makeRoom(std::size_t more) {
  Headers before;
  before.block_ = std::exchange(block_, copyWithRoom(more));
  return before;
}

/// Only the fields that there are; and with `more`, room for as much again as they and it take.
Headers::Block* Headers::copyWithRoom(std::size_t more) const {
  std::size_t bytes = more;
  for (const HeaderField field : *this) bytes += lineSize(field.name, field.value);
  const std::size_t fields = std::max(kFirstFields, 2 * (size() + 1));
  Block* const copy = more > 0 ? newBlock(fields, 2 * bytes) : newBlock(size(), bytes);
  for (const HeaderField field : *this) copy->append(copy->appendText(field.name, field.value));
  return copy;
}

std::size_t Headers::eraseFrom(std::size_t index, std::string_view name) noexcept {
  const std::size_t end = size();
  std::size_t kept = index;
  for (; index < end; ++index) {
    if (isNamed((*this)[index], name)) continue;
    if (kept != index) block_->fields()[kept] = block_->fields()[index];
    ++kept;
  }
  if (kept < end) block_->count = static_cast<std::uint32_t>(kept);
  return end - kept;
}

}  // namespace couplet
