// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/message_head.h>

#include <couplet/protocols/http/detail/head_table.h>

namespace couplet {

std::string_view toString(HTTPVersion version) noexcept {
  return version == HTTPVersion::kHTTP11 ? "HTTP/1.1" : "HTTP/1.0";
}

std::optional<std::string_view> MessageHead::get(std::string_view name) const noexcept {
  for (const HeaderField& field : fields) {
    if (sameIgnoringCase(field.name, name)) return field.value;
  }
  return std::nullopt;
}

HTTPHeadTable::HTTPHeadTable() : layout_(std::make_unique<detail::HeadTable>()) {}
HTTPHeadTable::~HTTPHeadTable() = default;

}  // namespace couplet
