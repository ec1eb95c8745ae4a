// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/detail/type_of.h>

#include <couplet/protocols/http/base64.h>
#include <couplet/protocols/message/json.h>

namespace couplet::detail {

bool BytesText::read(std::string_view text, Bytes& bytes) {
  auto decoded = base64Decode(text);
  if (decoded) bytes.data = std::move(*decoded);
  return decoded.has_value();
}

void BytesText::write(const Bytes& bytes, std::string& out) { out += base64Encode(bytes.data); }

bool UUIDText::read(std::string_view text, UUID& uuid) {
  const auto parsed = UUID::parse(text);
  if (parsed) uuid = *parsed;
  return parsed.has_value();
}

void UUIDText::write(const UUID& uuid, std::string& out) { out += uuid.toString(); }

void refuseNamelessValue() {
  throw MessageError("a value of an enumeration that has no name cannot be sent");
}

}  // namespace couplet::detail
