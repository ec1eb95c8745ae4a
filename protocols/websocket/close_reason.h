// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Why a WebSocket is closed, as its Close frames say it: RFC 6455, 7.4.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#pragma GCC visibility push(default)
namespace couplet {

/// A code and a text for people. Both sides send one; `kNoCode` and `kAbnormal` are never sent, and
/// say that none came.
///
///     socket.close(CloseReason(CloseReason::kGoingAway, "back in a minute"));
class CloseReason {
 public:
  static constexpr std::uint16_t kNormal = 1000;
  static constexpr std::uint16_t kGoingAway = 1001;
  static constexpr std::uint16_t kProtocolError = 1002;
  static constexpr std::uint16_t kUnsupportedData = 1003;
  static constexpr std::uint16_t kNoCode = 1005;    ///< a Close frame came, without a code
  static constexpr std::uint16_t kAbnormal = 1006;  ///< the connection ended without a Close frame
  static constexpr std::uint16_t kInvalidData = 1007;
  static constexpr std::uint16_t kPolicyViolation = 1008;
  static constexpr std::uint16_t kMessageTooBig = 1009;
  static constexpr std::uint16_t kMandatoryExtension = 1010;
  static constexpr std::uint16_t kInternalError = 1011;
  static constexpr std::uint16_t kServiceRestart = 1012;
  static constexpr std::uint16_t kTryAgainLater = 1013;
  static constexpr std::uint16_t kBadGateway = 1014;

  /// The longest text, in bytes, that a Close frame has room for.
  static constexpr std::size_t kMaxText = 123;

  CloseReason() = default;
  /// Anything; see `mayBeSent`. 3000 to 3999 are registered with IANA, 4000 to 4999 are yours.
  explicit CloseReason(std::uint16_t code, std::string_view text = "") : code_(code), text_(text) {}

  std::uint16_t code() const noexcept { return code_; }
  const std::string& text() const noexcept { return text_; }

  /// Whether a Close frame may have that code: 1000 to 1003, 1007 to 1014 and 3000 to 4999.
  static bool mayBeSent(std::uint16_t code) noexcept;

  /// For people: "1001 (going away): back in a minute".
  std::string toString() const;

  friend bool operator==(const CloseReason&, const CloseReason&) = default;

 private:
  std::uint16_t code_ = kNormal;
  std::string text_;
};

}  // namespace couplet
#pragma GCC visibility pop
