// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <rapidjson/encodedstream.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <couplet/protocols/message/detail/scalar.h>
#include <couplet/protocols/message/json.h>
#include <couplet/protocols/message/text.h>

namespace couplet::detail {

namespace {

using Kind = ValueType::Kind;

/// For people: ` for member "x" of "Multiply"`, or without a member.
std::string placeIn(const MessageType& message, const MemberType* member) {
  std::string place = " for ";
  if (member) place.append("member \"").append(member->name).append("\" of ");
  return place.append("\"").append(message.shortName()).append("\"");
}

std::string unknownMember(const MessageType& message, std::string_view name) {
  return "unknown member " + shown({Scalar::Is::kString, name}) + " in \"" +
         std::string(message.shortName()) + '"';
}

/// A value that is to be read, by its type.
struct Place {
  const ValueType* type;
  void* value;
};

/// Hears what a text has, and fills a value with it. What is not whole when it ends is dropped.
class Filler {
 public:
  /// `root` is a message, or that `member` of one.
  Filler(Place root, const MessageType& message, const MemberType* member, const JSONLimits& limits)
      : limits_(limits), root_(root), message_(message), member_(member) {}
  ~Filler() {
    for (; !frames_.empty(); frames_.pop_back()) drop(frames_.back());
  }
  Filler(const Filler&) = delete;
  Filler& operator=(const Filler&) = delete;

  bool Null() { return take({Scalar::Is::kNull, {}}); }
  bool Bool(bool truth) { return take({Scalar::Is::kBool, {}, truth}); }
  bool RawNumber(const char* text, unsigned size, bool) {
    return take({Scalar::Is::kNumber, {text, size}});
  }
  bool String(const char* text, unsigned size, bool) {
    return take({Scalar::Is::kString, {text, size}});
  }
  bool Key(const char* name, unsigned size, bool) { return key({name, size}); }
  bool StartObject() { return open(Scalar::Is::kObject); }
  bool StartArray() { return open(Scalar::Is::kList); }
  bool EndObject(unsigned) { return close(); }
  bool EndArray(unsigned) { return close(); }

  // Numbers come as text.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

  const std::string& error() const noexcept { return error_; }

 private:
  /// A list or an object that is being read.
  struct Frame {
    Place place;
    std::size_t count = 0;               // of elements that have begun
    void* element = nullptr;             // of a list: the one that is being read
    const MemberType* member = nullptr;  // of a message: the same
    const ValueType* next = nullptr;     // of an object: what its key wants
    void* nextValue = nullptr;
    std::vector<bool> seen;  // of a message: its members
  };

  bool refuse(std::string why) {
    error_ = std::move(why);
    return false;
  }
  bool refuseValue(const Scalar& value, const ValueType* type);
  std::string where() const;

  bool key(std::string_view name);
  bool place(Place& next);
  bool take(const Scalar& value);
  bool open(Scalar::Is is);
  bool close();
  bool elementEnds();
  static void drop(Frame& frame) noexcept;

  const JSONLimits& limits_;
  Place root_;
  const MessageType& message_;
  const MemberType* member_;
  bool begun_ = false;
  std::size_t values_ = 0;
  std::vector<Frame> frames_;
  std::string error_;
};

/// An element that is not the list's yet.
void Filler::drop(Frame& frame) noexcept {
  if (frame.place.type->kind != Kind::kList || !frame.element) return;
  const auto& list = as<ListType>(frame.place.type);
  if (list.drop) list.drop(frame.element);
}

std::string Filler::where() const {
  for (auto frame = frames_.rbegin(); frame != frames_.rend(); ++frame) {
    if (frame->place.type->kind != Kind::kMessage) continue;
    return placeIn(as<MessageType>(frame->place.type), frame->member);
  }
  return placeIn(message_, member_);
}

bool Filler::refuseValue(const Scalar& value, const ValueType* type) {
  return refuse(notWanted(value, type) + where());
}

bool Filler::key(std::string_view name) {
  Frame& frame = frames_.back();
  if (++values_ > limits_.values) return refuse("too many values" + where());
  if (frame.place.type->kind == Kind::kMap) {
    const auto& map = as<MapType>(frame.place.type);
    frame.next = map.element;
    frame.nextValue = map.add(frame.place.value, name);
    if (frame.nextValue) return true;
    return refuse("the key " + shown({Scalar::Is::kString, name}) + " comes twice" + where());
  }
  const auto& message = as<MessageType>(frame.place.type);
  frame.member = message.find(name);
  if (!frame.member) return refuse(unknownMember(message, name));
  const auto index = static_cast<std::size_t>(frame.member - message.members);
  if (frame.seen[index]) {
    return refuse("a value that comes twice" + where());
  }
  frame.seen[index] = true;
  frame.next = frame.member->type;
  frame.nextValue = frame.member->in(frame.place.value);
  return true;
}

/// Where the next value goes.
bool Filler::place(Place& next) {
  if (frames_.empty()) {
    begun_ = true;
    next = root_;
    return true;
  }
  Frame& frame = frames_.back();
  switch (frame.place.type->kind) {
    case Kind::kList: {
      const auto& list = as<ListType>(frame.place.type);
      if (++values_ > limits_.values) return refuse("too many values" + where());
      frame.element = list.begin(frame.place.value, frame.count++);
      if (!frame.element) {
        return refuse("a list of more than " + std::to_string(list.size) + where());
      }
      next = {list.element, frame.element};
      return true;
    }
    case Kind::kPair: {
      const auto& pair = as<PairType>(frame.place.type);
      if (frame.count == 2) return refuse("a list of more than two" + where());
      next = {pair.parts[frame.count], pair.part(frame.place.value, frame.count)};
      ++frame.count;
      return true;
    }
    default:
      next = {frame.next, frame.nextValue};
      return true;
  }
}

bool Filler::take(const Scalar& value) {
  Place at;
  if (!place(at)) return false;
  while (at.type->kind == Kind::kOptional) {
    const auto& optional = as<OptionalType>(at.type);
    if (value.is == Scalar::Is::kNull) {
      optional.reset(at.value);
      return elementEnds();
    }
    at = {optional.inner, optional.emplace(at.value)};
  }
  return storeScalar(value, at.type, at.value) ? elementEnds() : refuseValue(value, at.type);
}

bool Filler::open(Scalar::Is is) {
  Place at;
  if (!place(at)) return false;
  while (at.type->kind == Kind::kOptional) {
    const auto& optional = as<OptionalType>(at.type);
    at = {optional.inner, optional.emplace(at.value)};
  }
  const Kind kind = at.type->kind;
  const bool isObject = kind == Kind::kMessage || kind == Kind::kMap;
  const bool isList = kind == Kind::kList || kind == Kind::kPair;
  if (is == Scalar::Is::kObject ? !isObject : !isList) return refuseValue({is, {}}, at.type);
  if (frames_.size() == limits_.depth) {
    return refuse("lists and objects inside each other, more than " +
                  std::to_string(limits_.depth) + where());
  }
  if (kind == Kind::kList) as<ListType>(at.type).clear(at.value);
  if (kind == Kind::kMap) as<MapType>(at.type).clear(at.value);
  Frame& frame = frames_.emplace_back();
  frame.place = at;
  if (kind == Kind::kMessage) frame.seen.resize(as<MessageType>(at.type).count);
  return true;
}

bool Filler::close() {
  const Frame& frame = frames_.back();
  std::size_t size = 0;
  if (frame.place.type->kind == Kind::kList) size = as<ListType>(frame.place.type).size;
  if (frame.place.type->kind == Kind::kPair) size = 2;
  if (size != 0 && frame.count != size) {
    return refuse("a list of " + std::to_string(frame.count) + " and not of " +
                  std::to_string(size) + where());
  }
  frames_.pop_back();
  return elementEnds();
}

/// A value is whole, which may be a list's element.
bool Filler::elementEnds() {
  if (frames_.empty() || frames_.back().place.type->kind != Kind::kList) return true;
  Frame& frame = frames_.back();
  const auto& list = as<ListType>(frame.place.type);
  void* const element = std::exchange(frame.element, nullptr);
  return list.end(frame.place.value, element) || refuse("an element that comes twice" + where());
}

constexpr unsigned kStrictly = rapidjson::kParseIterativeFlag |
                               rapidjson::kParseValidateEncodingFlag |
                               rapidjson::kParseNumbersAsStringsFlag;

void read(std::string_view text, Filler& filler, const std::string& place) {
  rapidjson::MemoryStream bytes(text.data(), text.size());
  rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(bytes);
  rapidjson::Reader reader;
  const rapidjson::ParseResult result = reader.Parse<kStrictly>(stream, filler);
  if (!result.IsError()) return;
  if (!filler.error().empty()) throw MessageError(filler.error());
  throw MessageError("no JSON" + place + ", at byte " + std::to_string(result.Offset()) + ": " +
                     rapidjson::GetParseError_En(result.Code()));
}

/// A value that is no JSON by itself, and has no quotes.
bool storeBare(std::string_view text, const ValueType* type, void* value) {
  switch (type->kind) {
    case Kind::kBool:
      return (text == "true" || text == "false") &&
             storeScalar({Scalar::Is::kBool, {}, text == "true"}, type, value);
    case Kind::kInteger:
    case Kind::kReal:
      return storeScalar({Scalar::Is::kNumber, text}, type, value);
    default:
      return storeScalar({Scalar::Is::kString, text}, type, value);
  }
}

bool isBare(Kind kind) noexcept {
  return kind != Kind::kList && kind != Kind::kPair && kind != Kind::kMap && kind != Kind::kMessage;
}

}  // namespace

void readJSON(std::string_view text, const MessageType& type, void* message,
              const JSONLimits& limits) {
  Filler filler({&type, message}, type, nullptr, limits);
  read(text, filler, placeIn(type, nullptr));
}

void setMember(const MessageType& type, void* message, std::string_view name,
               std::string_view text, const JSONLimits& limits) {
  const MemberType* const member = type.find(name);
  if (!member) throw MessageError(unknownMember(type, name));
  Place at{member->type, member->in(message)};
  while (at.type->kind == Kind::kOptional) {
    const auto& optional = as<OptionalType>(at.type);
    at = {optional.inner, optional.emplace(at.value)};
  }
  if (!isBare(at.type->kind)) {
    Filler filler(at, type, member, limits);
    return read(text, filler, placeIn(type, member));
  }
  if (storeBare(text, at.type, at.value)) return;
  throw MessageError(notWanted({Scalar::Is::kString, text}, at.type) + placeIn(type, member));
}

}  // namespace couplet::detail
