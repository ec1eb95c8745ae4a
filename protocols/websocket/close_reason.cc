// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/websocket/close_reason.h>

#include <couplet/deferred/printable.h>

namespace couplet {

namespace {

/// Of the registry of RFC 6455, 11.7; "" for the others.
std::string_view nameOf(std::uint16_t code) noexcept {
  switch (code) {
    case CloseReason::kNormal:
      return "normal";
    case CloseReason::kGoingAway:
      return "going away";
    case CloseReason::kProtocolError:
      return "protocol error";
    case CloseReason::kUnsupportedData:
      return "unsupported data";
    case CloseReason::kNoCode:
      return "no code";
    case CloseReason::kAbnormal:
      return "abnormal";
    case CloseReason::kInvalidData:
      return "invalid data";
    case CloseReason::kPolicyViolation:
      return "policy violation";
    case CloseReason::kMessageTooBig:
      return "message too big";
    case CloseReason::kMandatoryExtension:
      return "mandatory extension";
    case CloseReason::kInternalError:
      return "internal error";
    case CloseReason::kServiceRestart:
      return "service restart";
    case CloseReason::kTryAgainLater:
      return "try again later";
    case CloseReason::kBadGateway:
      return "bad gateway";
    default:
      return "";
  }
}

}  // namespace

bool CloseReason::mayBeSent(std::uint16_t code) noexcept {
  if (code >= 3000) return code <= 4999;
  return (code >= kNormal && code <= kUnsupportedData) ||
         (code >= kInvalidData && code <= kBadGateway);
}

std::string CloseReason::toString() const {
  std::string out = std::to_string(code_);
  if (const std::string_view name = nameOf(code_); !name.empty()) {
    out.append(" (").append(name).append(")");
  }
  if (!text_.empty()) out.append(": ").append(printable(text_));
  return out;
}

}  // namespace couplet
