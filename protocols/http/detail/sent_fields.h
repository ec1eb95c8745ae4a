// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The fields of a response that a sender looks at: RFC 9112 sections 6 and 9, RFC 9110
// section 6.6.1.
#pragma once

#include <string_view>

#include <couplet/protocols/http/body_writer.h>
#include <couplet/protocols/http/detail/framing.h>
#include <couplet/protocols/http/headers.h>

namespace couplet::detail {

// A set of them: of these bits.
inline constexpr unsigned kNone = 0;
inline constexpr unsigned kDate = 1;
inline constexpr unsigned kConnection = 2;
inline constexpr unsigned kTransferEncoding = 4;
inline constexpr unsigned kContentLength = 8;

/// Which of them this is.
inline unsigned sentField(std::string_view name) noexcept {
  switch (name.size()) {
    case 4:
      return tokenIs(name, "date") ? kDate : kNone;
    case 10:
      return tokenIs(name, "connection") ? kConnection : kNone;
    case 14:
      return tokenIs(name, "content-length") ? kContentLength : kNone;
    case 17:
      return tokenIs(name, "transfer-encoding") ? kTransferEncoding : kNone;
    default:
      return kNone;
  }
}

struct SentFields {
  /// All that `headers` have.
  static unsigned of(const Headers& headers) noexcept {
    constexpr unsigned kSizes = 1u << 4 | 1u << 10 | 1u << 14 | 1u << 17;
    unsigned fields = kNone;
    if (!headers.mayHave(kSizes)) return fields;
    for (const HeaderField field : headers) fields |= sentField(field.name);
    return fields;
  }
};

/// Which of them are left out.
inline unsigned droppedFields(const AddedFields& added) noexcept {
  return (added.dropsConnectionAndDate ? kConnection | kDate : kNone) |
         (added.dropsTransferEncoding ? kTransferEncoding : kNone);
}

/// Whether the body's framing is added, where the headers have these.
inline bool addsFraming(const AddedFields& added, unsigned sentFields) noexcept {
  return !added.unlessGiven || (sentFields & kContentLength) == 0;
}

}  // namespace couplet::detail
