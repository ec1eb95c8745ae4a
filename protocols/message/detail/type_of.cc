// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/detail/type_of.h>

#include <utility>

#include <couplet/protocols/http/base64.h>

namespace couplet::detail {

bool BytesText::read(std::string_view text, Bytes& bytes) {
  auto decoded = base64Decode(text);
  if (decoded) bytes.data = std::move(*decoded);
  return decoded.has_value();
}

bool BytesText::write(const Bytes& bytes, std::string& out) {
  out += base64Encode(bytes.data);
  return true;
}

bool UUIDText::read(std::string_view text, UUID& uuid) {
  const auto parsed = UUID::parse(text);
  if (parsed) uuid = *parsed;
  return parsed.has_value();
}

bool UUIDText::write(const UUID& uuid, std::string& out) {
  out += uuid.toString();
  return true;
}

}  // namespace couplet::detail
