// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/detail/json_text.h>

#include <utility>

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace couplet::detail {

struct JSONText::Writer {
  rapidjson::StringBuffer text;
  rapidjson::Writer<rapidjson::StringBuffer> to{text};
};

JSONText::JSONText() : writer_(std::make_unique<Writer>()) {}
JSONText::~JSONText() = default;

void JSONText::text(std::string_view value) {
  writer_->to.String(value.empty() ? "" : value.data(), static_cast<unsigned>(value.size()));
}
void JSONText::number(std::uint64_t value) { writer_->to.Uint64(value); }
void JSONText::number(std::int64_t value) { writer_->to.Int64(value); }
void JSONText::truth(bool value) { writer_->to.Bool(value); }
void JSONText::raw(std::string_view json) {
  writer_->to.RawValue(json.data(), json.size(), rapidjson::kObjectType);
}
void JSONText::key(std::string_view name) { text(name); }
void JSONText::beginObject() { writer_->to.StartObject(); }
void JSONText::endObject() { writer_->to.EndObject(); }
void JSONText::beginList() { writer_->to.StartArray(); }
void JSONText::endList() { writer_->to.EndArray(); }

std::string JSONText::whole() const { return {writer_->text.GetString(), writer_->text.GetSize()}; }

namespace {

/// Takes one string.
struct StringTaker : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, StringTaker> {
  std::string text;

  bool String(const char* value, rapidjson::SizeType size, bool) {
    text.assign(value, size);
    return true;
  }
};

}  // namespace

std::string bareText(const std::string& json) {
  if (json == "null") return "";
  if (json.empty() || json.front() != '"') return json;
  StringTaker taker;
  rapidjson::MemoryStream from(json.data(), json.size());
  rapidjson::Reader().Parse(from, taker);
  return std::move(taker.text);
}

}  // namespace couplet::detail
