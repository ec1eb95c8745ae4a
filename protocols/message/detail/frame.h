// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The frames of the native protocol, docs/native-protocol.md: what is in its netstrings.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <couplet/protocols/message/detail/json_parser.h>
#include <couplet/protocols/message/detail/value_type.h>

namespace couplet::detail {

/// Numbers of requests and enquiries are at most 2^53 - 1, which a double holds.
constexpr std::uint64_t kLargestNumber = 9007199254740991;

/// What one says, but for its message, which is not read yet.
struct Frame {
  enum class Kind : std::uint8_t {
    kHello,
    kRequest,
    kReply,
    kFault,
    kCancel,
    kEnquiry,
    kPresent,
    kGoodbye
  };

  Kind kind = Kind::kHello;
  std::uint64_t number = 0;  // the id; of an enquiry and its answer what they have
  std::string_view name;     // of the message
  std::string_view members;  // of the message, or of a hello: an object, as JSON
};

/// Reads frames. What it gives is valid until the next one, and as long as the text.
class FrameReader final : private JSONListener {
 public:
  static constexpr std::size_t kLongestName = 255;

  /// Throws MessageError for one that is malformed. What `members` has is not looked at.
  Frame read(std::string_view text);

 private:
  /// What has come.
  enum class Past : std::uint8_t {
    kNothing,
    kOpening,
    kIdKey,
    kId,
    kKey,
    kList,
    kName,
    kAll,
    kEnd
  };

  bool scalar(const Scalar& value) override;
  bool key(std::string_view name) override;
  bool begin(const Scalar& value) override;
  bool end() override;
  const std::string& error() const noexcept override;
  std::string where() const override { return ""; }

  bool advance(bool fits, Past next);
  bool takeName(const Scalar& value);
  bool takeNumber(const Scalar& value);

  Frame frame_;
  Past past_ = Past::kNothing;
  bool atMembers_ = false;
  std::array<char, kLongestName> name_;
};

void appendHello(std::string& out, std::size_t frameLimit);
/// `{"id":7,"request":["crunch_api.Multiply",{"x":6.0,"y":7.0}]}`; without an id for a goodbye.
/// Throws MessageError as appendJSON does; nothing is appended then.
void appendMessage(std::string& out, Frame::Kind kind, std::uint64_t id, std::string_view name,
                   const MessageType& type, const void* message);
void appendCancel(std::string& out, std::uint64_t id);
/// An enquiry, or the answer to one.
void appendEnquiry(std::string& out, Frame::Kind kind, std::uint64_t number);

}  // namespace couplet::detail
