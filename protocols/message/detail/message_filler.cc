// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/detail/message_filler.h>

#include <algorithm>

namespace couplet::detail {

namespace {

using Kind = ValueType::Kind;

/// Lists and objects of a usual message that are open at once, and the members of these.
constexpr std::size_t kUsualDepth = 6;
constexpr std::size_t kUsualMembers = 128;

/// How many elements there must be; 0 for any number.
std::size_t sizeOf(const ValueType* type) noexcept {
  if (type->kind == Kind::kPair) return 2;
  return type->kind == Kind::kList ? as<ListType>(type).size : 0;
}

bool takes(const ValueType* type, Scalar::Is is) noexcept {
  const Kind kind = type->kind;
  if (is == Scalar::Is::kObject) return kind == Kind::kMessage || kind == Kind::kMap;
  return kind == Kind::kList || kind == Kind::kPair;
}

}  // namespace

Place unwrap(Place place) {
  while (place.type->kind == Kind::kOptional) {
    const auto& optional = as<OptionalType>(place.type);
    place = {optional.inner, optional.emplace(place.value)};
  }
  return place;
}

MessageFiller::MessageFiller(Place root, const MessageType& message, const MemberType* member,
                             const JSONLimits& limits)
    : limits_{std::min(limits.depth, kMostNested), limits.values},
      root_(root),
      message_(message),
      member_(member) {
  frames_.reserve(kUsualDepth);
  seen_.reserve(kUsualMembers);
}

MessageFiller::~MessageFiller() {
  for (; !frames_.empty(); frames_.pop_back()) drop(frames_.back());
}

/// An element that is not the list's yet.
void MessageFiller::drop(Frame& frame) noexcept {
  if (frame.place.type->kind != Kind::kList || !frame.element) return;
  const auto& list = as<ListType>(frame.place.type);
  if (list.drop) list.drop(frame.element);
}

std::string MessageFiller::where() const {
  for (auto frame = frames_.rbegin(); frame != frames_.rend(); ++frame) {
    if (frame->place.type->kind != Kind::kMessage) continue;
    return placeIn(as<MessageType>(frame->place.type), frame->member);
  }
  return placeIn(message_, member_);
}

bool MessageFiller::refuse(std::string why) {
  error_ = std::move(why) + where();
  return false;
}

bool MessageFiller::countValue() {
  return ++values_ <= limits_.values ||
         refuse("more than " + std::to_string(limits_.values) + " values");
}

bool MessageFiller::key(std::string_view name) {
  if (!countValue()) return false;
  if (skipped_ > 0) return true;
  Frame& frame = frames_.back();
  return frame.place.type->kind == Kind::kMap ? mapKey(frame, name) : memberKey(frame, name);
}

bool MessageFiller::memberKey(Frame& frame, std::string_view name) {
  const auto& message = as<MessageType>(frame.place.type);
  frame.member = message.find(name);
  if (!frame.member) {
    skipsNext_ = ignoresUnknown_ && frames_.size() == 1;
    if (skipsNext_) return true;
    error_ = unknownMember(message, name);
    return false;
  }
  const std::size_t bit =
      frame.firstSeen + static_cast<std::size_t>(frame.member - message.members);
  if (seen_[bit]) return refuse("a second value");
  seen_[bit] = true;
  frame.next = {frame.member->type, frame.member->in(frame.place.value)};
  return true;
}

bool MessageFiller::mapKey(Frame& frame, std::string_view name) {
  const auto& map = as<MapType>(frame.place.type);
  frame.next = {map.element, map.add(frame.place.value, name)};
  return frame.next.value || refuse("the key " + shown(name) + " comes twice");
}

/// Where the next value goes.
bool MessageFiller::nextPlace(Place& next) {
  if (frames_.empty()) {
    begun_ = true;
    next = root_;
    return true;
  }
  Frame& frame = frames_.back();
  if (frame.place.type->kind == Kind::kList) return listPlace(frame, next);
  if (frame.place.type->kind == Kind::kPair) return pairPlace(frame, next);
  next = frame.next;
  return true;
}

bool MessageFiller::listPlace(Frame& frame, Place& next) {
  if (!countValue()) return false;
  const auto& list = as<ListType>(frame.place.type);
  next = {list.element, list.begin(frame.place.value, frame.count)};
  frame.element = next.value;
  ++frame.count;
  return next.value || refuse("a list of more than " + std::to_string(list.size));
}

bool MessageFiller::pairPlace(Frame& frame, Place& next) {
  const auto& pair = as<PairType>(frame.place.type);
  if (frame.count == 2) return refuse("a list of more than 2");
  next = {pair.parts[frame.count], pair.part(frame.place.value, frame.count)};
  ++frame.count;
  return true;
}

bool MessageFiller::skips(const Scalar& value) const noexcept {
  return skipped_ > 0 || skipsNext_ ||
         (ignoresUnknown_ && value.is == Scalar::Is::kNull && frames_.size() == 1);
}

bool MessageFiller::scalar(const Scalar& value) {
  if (skips(value)) {
    skipsNext_ = false;
    return skipped_ == 0 || countValue();
  }
  Place at;
  if (!nextPlace(at)) return false;
  if (value.is == Scalar::Is::kNull && at.type->kind == Kind::kOptional) {
    as<OptionalType>(at.type).reset(at.value);
    return valueEnds(value);
  }
  at = unwrap(at);
  if (storeScalar(value, at.type, at.value)) return valueEnds(value);
  return refuse(notWanted(value, at.type));
}

bool MessageFiller::begin(const Scalar& value) {
  if (frames_.size() + skipped_ == limits_.depth) {
    return refuse("lists and objects inside each other, more than " +
                  std::to_string(limits_.depth));
  }
  if (skips(value)) {
    skipsNext_ = false;
    ++skipped_;
    return countValue();
  }
  Place at;
  if (!nextPlace(at)) return false;
  at = unwrap(at);
  return takes(at.type, value.is) ? push(at) : refuse(notWanted(value, at.type));
}

bool MessageFiller::push(Place place) {
  if (place.type->kind == Kind::kList) as<ListType>(place.type).clear(place.value);
  if (place.type->kind == Kind::kMap) as<MapType>(place.type).clear(place.value);
  Frame& frame = frames_.emplace_back();
  frame.place = place;
  frame.firstSeen = seen_.size();
  if (place.type->kind == Kind::kMessage) {
    seen_.resize(seen_.size() + as<MessageType>(place.type).count);
  }
  return true;
}

bool MessageFiller::end() {
  if (skipped_ > 0) {
    --skipped_;
    return true;
  }
  const Frame& frame = frames_.back();
  const std::size_t size = sizeOf(frame.place.type);
  if (size != 0 && frame.count != size) {
    return refuse("a list of " + std::to_string(frame.count) + " and not of " +
                  std::to_string(size));
  }
  const bool isList = takes(frame.place.type, Scalar::Is::kList);
  seen_.resize(frame.firstSeen);
  frames_.pop_back();
  return valueEnds({isList ? Scalar::Is::kList : Scalar::Is::kObject, {}});
}

bool MessageFiller::valueEnds(const Scalar& begun) {
  if (frames_.empty() || frames_.back().place.type->kind != Kind::kList) return true;
  Frame& frame = frames_.back();
  const auto& list = as<ListType>(frame.place.type);
  void* const element = std::exchange(frame.element, nullptr);
  return list.end(frame.place.value, element) || refuse(shown(begun) + " comes twice");
}

}  // namespace couplet::detail
