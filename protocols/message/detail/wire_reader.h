// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Messages in the shapes of wire.h, read from their events.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <couplet/protocols/message/detail/json_parser.h>
#include <couplet/protocols/message/detail/message_filler.h>
#include <couplet/protocols/message/detail/value_type.h>

namespace couplet::detail {

/// Where a message is to go.
struct Destination {
  const MessageType* type = nullptr;  // null: it may not come
  void* message = nullptr;
  bool ignoresUnknown = false;  // members and nulls
};

/// Reads `{"value":["crunch_api.Output",{"value":3.375},[]]}`.
class WireReader : public JSONListener {
 public:
  /// Whose words errors use before a name came: `wanted`.
  WireReader(const MessageType& wanted, const JSONLimits& limits)
      : wanted_(wanted), limits_(limits) {}

  bool scalar(const Scalar& value) override;
  bool key(std::string_view name) override;
  bool begin(const Scalar& value) override;
  bool end() override;
  const std::string& error() const noexcept override;
  std::string where() const override;

 protected:
  ~WireReader() = default;
  /// The name has come. What it gives must outlive the reader.
  virtual Destination named(std::string_view name) = 0;
  const MessageType& wanted() const noexcept { return wanted_; }

 private:
  /// What has come.
  enum class Past : std::uint8_t {
    kNothing,
    kOpening,  // {
    kKey,      // "value":
    kBracket,  // [
    kName,     // "crunch_api.Output",
    kMembers,  // the message
    kRest,     // [
    kRestEnd,  // ]
    kListEnd,  // ]
    kAll       // }
  };

  bool refuse();
  bool inMessage() const noexcept { return filler_ && !filler_->whole(); }
  bool advance(bool fits, Past next);

  const MessageType& wanted_;
  const JSONLimits limits_;
  Past past_ = Past::kNothing;
  std::optional<MessageFiller> filler_;
  std::string error_;
};

/// Reads `{"value":{"x":1.5,"y":2.25}}`, and, where it may, `{"x":1.5,"y":2.25}`.
class WrappedReader final : public JSONListener {
 public:
  /// `message` is of `type`, and must outlive this.
  WrappedReader(const MessageType& type, void* message, bool maybeBare, const JSONLimits& limits);

  bool scalar(const Scalar& value) override;
  bool key(std::string_view name) override;
  bool begin(const Scalar& value) override;
  bool end() override;
  const std::string& error() const noexcept override;
  std::string where() const override { return filler_.where(); }

 private:
  enum class Past : std::uint8_t {
    kNothing,
    kOpening,  // {
    kKey,      // "value": which may be a member
    kDecided   // which shape it is
  };

  bool refuse(std::string why);
  /// What has come was the message itself.
  bool goBare();

  const bool maybeBare_;
  const bool maybeWrapped_;
  Past past_ = Past::kNothing;
  bool isWrapped_ = false;
  MessageFiller filler_;
  std::string error_;
};

}  // namespace couplet::detail
