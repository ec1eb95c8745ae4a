// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/detail/frame.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include <couplet/protocols/message/json.h>
#include <couplet/protocols/message/wire.h>

namespace couplet::detail {

namespace {

using Kind = Frame::Kind;

/// What the value of a frame's key is.
enum class Shape : std::uint8_t { kMessage, kObject, kNumber, kTrue };

struct Form {
  Kind kind;
  std::string_view key;
  bool hasId;
  Shape shape;
};

/// By kind.
constexpr std::array<Form, 8> kForms = {{
    {Kind::kHello, "hello", false, Shape::kObject},
    {Kind::kRequest, "request", true, Shape::kMessage},
    {Kind::kReply, "reply", true, Shape::kMessage},
    {Kind::kFault, "fault", true, Shape::kMessage},
    {Kind::kCancel, "cancel", true, Shape::kTrue},
    {Kind::kEnquiry, "enquiry", false, Shape::kNumber},
    {Kind::kPresent, "present", false, Shape::kNumber},
    {Kind::kGoodbye, "goodbye", false, Shape::kMessage},
}};

const Form& formOf(Kind kind) noexcept { return kForms[static_cast<std::size_t>(kind)]; }

/// Null for none.
const Form* findForm(std::string_view key, bool hasId) noexcept {
  const auto found = std::find_if(kForms.begin(), kForms.end(), [&](const Form& form) {
    return form.key == key && form.hasId == hasId;
  });
  return found == kForms.end() ? nullptr : found;
}

const std::string& malformed() {
  static const std::string text = "a malformed frame";
  return text;
}

/// Takes `end`, and the white space before it, off the end of a text.
bool takeEnd(std::string_view& text, char end) noexcept {
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  if (last == text.npos || text[last] != end) return false;
  text = text.substr(0, last);
  return true;
}

}  // namespace

bool FrameReader::advance(bool fits, Past next) {
  past_ = next;
  return fits;
}

const std::string& FrameReader::error() const noexcept { return malformed(); }

bool FrameReader::takeNumber(const Scalar& value) {
  const char* const end = value.text.data() + value.text.size();
  const auto [stop, wrong] = std::from_chars(value.text.data(), end, frame_.number);
  return value.is == Scalar::Is::kNumber && wrong == std::errc() && stop == end &&
         frame_.number <= kLargestNumber;
}

bool FrameReader::takeName(const Scalar& value) {
  if (value.is != Scalar::Is::kString || value.text.size() > kLongestName) return false;
  const char* const end = std::copy(value.text.begin(), value.text.end(), name_.data());
  frame_.name = {name_.data(), end};
  return true;
}

bool FrameReader::scalar(const Scalar& value) {
  switch (past_) {
    case Past::kIdKey:
      return advance(takeNumber(value) && frame_.number > 0, Past::kId);
    case Past::kKey:
      if (formOf(frame_.kind).shape == Shape::kTrue) return advance(value.truth, Past::kAll);
      return advance(formOf(frame_.kind).shape == Shape::kNumber && takeNumber(value), Past::kAll);
    case Past::kList:
      return advance(takeName(value), Past::kName);
    default:
      return false;
  }
}

bool FrameReader::key(std::string_view name) {
  if (past_ == Past::kOpening && name == "id") return advance(true, Past::kIdKey);
  if (past_ != Past::kOpening && past_ != Past::kId) return false;
  const Form* const form = findForm(name, past_ == Past::kId);
  if (form) frame_.kind = form->kind;
  return advance(form != nullptr, Past::kKey);
}

bool FrameReader::begin(const Scalar& value) {
  const bool isObject = value.is == Scalar::Is::kObject;
  const Shape shape = formOf(frame_.kind).shape;
  if (past_ == Past::kNothing) return advance(isObject, Past::kOpening);
  if (past_ == Past::kKey && shape == Shape::kMessage) return advance(!isObject, Past::kList);
  atMembers_ =
      isObject && (past_ == Past::kName || (past_ == Past::kKey && shape == Shape::kObject));
  return false;
}

bool FrameReader::end() { return advance(past_ == Past::kAll, Past::kEnd); }

Frame FrameReader::read(std::string_view text) {
  frame_ = {};
  past_ = Past::kNothing;
  atMembers_ = false;
  const std::size_t stop = parseJSONUntil(text, *this);
  if (stop == text.npos) return frame_;
  if (!atMembers_) throw MessageError(malformed());
  frame_.members = text.substr(stop);
  const bool inList = past_ == Past::kName;
  if (!takeEnd(frame_.members, '}') || (inList && !takeEnd(frame_.members, ']'))) {
    throw MessageError(malformed());
  }
  return frame_;
}

namespace {

void appendNumber(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

/// `{"id":7,"request":`
void appendKey(std::string& out, const Form& form, std::uint64_t id) {
  out += '{';
  if (form.hasId) {
    out += "\"id\":";
    appendNumber(out, id);
    out += ',';
  }
  out.append("\"").append(form.key).append("\":");
}

}  // namespace

void appendHello(std::string& out, std::size_t frameLimit) {
  appendKey(out, formOf(Kind::kHello), 0);
  out += "{\"version\":1,\"frame_limit\":";
  appendNumber(out, frameLimit);
  out += "}}";
}

void appendMessage(std::string& out, Kind kind, std::uint64_t id, std::string_view name,
                   const MessageType& type, const void* message) {
  const std::size_t before = out.size();
  appendKey(out, formOf(kind), id);
  try {
    writeNamed(out, name, type, message);
  } catch (...) {
    out.resize(before);
    throw;
  }
  out += '}';
}

void appendCancel(std::string& out, std::uint64_t id) {
  appendKey(out, formOf(Kind::kCancel), id);
  out += "true}";
}

void appendEnquiry(std::string& out, Kind kind, std::uint64_t number) {
  appendKey(out, formOf(kind), 0);
  appendNumber(out, number);
  out += '}';
}

}  // namespace couplet::detail
