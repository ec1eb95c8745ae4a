// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/detail/wire_reader.h>

#include <memory>
#include <utility>

#include <couplet/protocols/message/wire.h>

namespace couplet::detail {

namespace {

using Kind = ValueType::Kind;

constexpr std::string_view kKey = "value";

bool isObject(const Scalar& value) noexcept { return value.is == Scalar::Is::kObject; }
bool isList(const Scalar& value) noexcept { return value.is == Scalar::Is::kList; }

/// Whether a message has its own object where the wrapping would be.
bool ownsKey(const MessageType& type) noexcept {
  const MemberType* const member = type.find(kKey);
  if (!member) return false;
  const ValueType* inner = member->type;
  while (inner->kind == Kind::kOptional) inner = as<OptionalType>(inner).inner;
  return inner->kind == Kind::kMessage || inner->kind == Kind::kMap;
}

}  // namespace

bool WireReader::refuse() {
  if (error_.empty()) error_ = R"(no {"value":["name",{...},[]]})" + placeIn(wanted_, nullptr);
  return false;
}

bool WireReader::advance(bool fits, Past next) {
  if (!fits) return refuse();
  past_ = next;
  return true;
}

const std::string& WireReader::error() const noexcept {
  return filler_ && error_.empty() ? filler_->error() : error_;
}

std::string WireReader::where() const {
  return filler_ ? filler_->where() : placeIn(wanted_, nullptr);
}

bool WireReader::scalar(const Scalar& value) {
  if (inMessage()) return filler_->scalar(value);
  if (past_ != Past::kBracket || value.is != Scalar::Is::kString) return refuse();
  const Destination to = named(value.text);
  if (!to.type) {
    error_ = shown(value.text) + " and not " + shown(wanted_.name);
    return false;
  }
  filler_.emplace(Place{to.type, to.message}, *to.type, nullptr, limits_);
  if (to.ignoresUnknown) filler_->ignoreUnknown();
  past_ = Past::kName;
  return true;
}

bool WireReader::key(std::string_view name) {
  if (past_ == Past::kName) return filler_->key(name);
  return advance(past_ == Past::kOpening && name == kKey, Past::kKey);
}

bool WireReader::begin(const Scalar& value) {
  switch (past_) {
    case Past::kNothing:
      return advance(isObject(value), Past::kOpening);
    case Past::kKey:
      return advance(isList(value), Past::kBracket);
    case Past::kName:
      return filler_->begin(value);
    case Past::kMembers:
      return advance(isList(value), Past::kRest);
    default:
      return refuse();
  }
}

bool WireReader::end() {
  switch (past_) {
    case Past::kName:
      if (!filler_->open()) return refuse();
      if (!filler_->end()) return false;
      if (filler_->whole()) past_ = Past::kMembers;
      return true;
    case Past::kRest:
      return advance(true, Past::kRestEnd);
    case Past::kRestEnd:
      return advance(true, Past::kListEnd);
    case Past::kListEnd:
      return advance(true, Past::kAll);
    default:
      return refuse();
  }
}

WrappedReader::WrappedReader(const MessageType& type, void* message, bool maybeBare,
                             const JSONLimits& limits)
    : maybeBare_(maybeBare),
      maybeWrapped_(!maybeBare || !ownsKey(type)),
      filler_({&type, message}, type, nullptr, limits) {}

bool WrappedReader::refuse(std::string why) {
  error_ = std::move(why) + where();
  return false;
}

const std::string& WrappedReader::error() const noexcept {
  return error_.empty() ? filler_.error() : error_;
}

bool WrappedReader::goBare() {
  if (!maybeBare_) return refuse(R"(no {"value":{...}})");
  const bool hadKey = past_ == Past::kKey;
  past_ = Past::kDecided;
  return filler_.begin({Scalar::Is::kObject, {}}) && (!hadKey || filler_.key(kKey));
}

bool WrappedReader::scalar(const Scalar& value) {
  if (past_ == Past::kKey && !goBare()) return false;
  return filler_.scalar(value);
}

bool WrappedReader::key(std::string_view name) {
  if (past_ == Past::kOpening) {
    if (name == kKey && maybeWrapped_) {
      past_ = Past::kKey;
      return true;
    }
    if (!goBare()) return false;
  }
  if (!filler_.whole()) return filler_.key(name);
  return refuse("unknown member " + shown(name) + R"( beside "value")");
}

bool WrappedReader::begin(const Scalar& value) {
  if (past_ == Past::kNothing && isObject(value)) {
    past_ = Past::kOpening;
    return true;
  }
  if (past_ == Past::kKey) {
    isWrapped_ = isObject(value);
    if (!isWrapped_ && !goBare()) return false;
    past_ = Past::kDecided;
  }
  return filler_.begin(value);
}

bool WrappedReader::end() {
  if (past_ == Past::kOpening && !goBare()) return false;
  if (isWrapped_ && filler_.whole()) return true;
  return filler_.end();
}

namespace {

/// A message of one type, or a fault.
class AnswerReader final : public WireReader {
 public:
  AnswerReader(const MessageType& type, void* message, const KnownFaults& faults,
               const JSONLimits& limits)
      : WireReader(type, limits), message_(message), faults_(faults) {}

  const Fault* fault() const noexcept { return fault_.get(); }
  /// Its name is not known here.
  const Faulted* unknown() const noexcept { return unknown_; }

 private:
  Destination named(std::string_view name) override {
    if (name == wanted().name) return {&wanted(), message_};
    fault_ = faults_.make(name);
    if (!fault_) {
      auto unknown = std::make_unique<Faulted>();
      unknown->unknownName = name;
      unknown_ = unknown.get();
      fault_ = std::move(unknown);
    }
    return {&fault_->messageType(), const_cast<void*>(fault_->message()), unknown_ != nullptr};
  }

  void* message_;
  const KnownFaults& faults_;
  std::unique_ptr<Fault> fault_;      // null where the wanted message came
  const Faulted* unknown_ = nullptr;  // the same, where its name is not known
};

}  // namespace

std::optional<Failure> readWire(std::string_view text, const MessageType& type, void* message,
                                const KnownFaults& faults, const JSONLimits& limits) {
  try {
    AnswerReader reader(type, message, faults, limits);
    parseJSON(text, reader);
    if (!reader.fault()) return std::nullopt;
    if (reader.unknown() && reader.unknown()->condition.empty()) {
      throw UnexpectedReply(type.name, reader.unknown()->unknownName);
    }
    return reader.fault()->failure();
  } catch (...) {
    return Failure::current();
  }
}

void readWrapped(std::string_view text, const MessageType& type, void* message, bool maybeBare,
                 const JSONLimits& limits) {
  WrappedReader reader(type, message, maybeBare, limits);
  parseJSON(text, reader);
}

}  // namespace couplet::detail
