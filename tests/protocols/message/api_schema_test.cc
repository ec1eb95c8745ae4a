// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What the members of messages are as JSON Schema.
#include <couplet/protocols/message/detail/api_description.h>

#include <string>

#include <gtest/gtest.h>

#include "every_kind.h"

namespace couplet::detail {
namespace {

template <class T>
std::string schemaOf() {
  const std::shared_ptr<Api> api = kinds::newApi();
  const ApiDescription description(*api);
  JSONText json;
  SchemaWriter(json, description, "#/").write(&TypeOf<T>::value);
  return json.whole();
}

TEST(ApiSchemaTest, NumbersHaveTheirFormats) {
  EXPECT_EQ(schemaOf<bool>(), R"({"type":"boolean"})");
  EXPECT_EQ(schemaOf<float>(), R"({"type":"number","format":"float"})");
  EXPECT_EQ(schemaOf<double>(), R"({"type":"number","format":"double"})");
}

TEST(ApiSchemaTest, IntegersHaveTheirLimits) {
  EXPECT_EQ(schemaOf<std::int8_t>(),
            R"({"type":"integer","format":"int8","minimum":-128,"maximum":127})");
  EXPECT_EQ(schemaOf<std::uint16_t>(),
            R"({"type":"integer","format":"uint16","minimum":0,"maximum":65535})");
  EXPECT_EQ(schemaOf<std::int64_t>(),
            R"({"type":"integer","format":"int64",)"
            R"("minimum":-9223372036854775808,"maximum":9223372036854775807})");
  EXPECT_EQ(schemaOf<std::uint64_t>(),
            R"({"type":"integer","format":"uint64","minimum":0,"maximum":18446744073709551615})");
}

TEST(ApiSchemaTest, TextHasItsFormat) {
  EXPECT_EQ(schemaOf<std::string>(), R"({"type":"string"})");
  EXPECT_EQ(schemaOf<UUID>(), R"({"type":"string","format":"uuid"})");
  EXPECT_EQ(schemaOf<Bytes>(), R"({"type":"string","format":"byte","contentEncoding":"base64"})");
  EXPECT_EQ(schemaOf<std::chrono::sys_days>(), R"({"type":"string","format":"date"})");
  EXPECT_EQ(schemaOf<std::chrono::sys_seconds>(), R"({"type":"string","format":"date-time"})");
  EXPECT_EQ(schemaOf<kinds::Colour>(), R"({"type":"string","enum":["red","green"]})");
}

TEST(ApiSchemaTest, ADurationHasASignAndFractionsWhichTheFormatHasNot) {
  EXPECT_EQ(schemaOf<std::chrono::milliseconds>(),
            R"({"type":"string","pattern":)"
            R"("^-?P([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+(\\.[0-9]+)?S)?)?$"})");
}

TEST(ApiSchemaTest, AnOptionalMayBeNull) {
  EXPECT_EQ(schemaOf<std::optional<bool>>(), R"({"type":["boolean","null"]})");
  EXPECT_EQ(schemaOf<std::optional<std::vector<bool>>>(),
            R"({"type":["array","null"],"items":{"type":"boolean"}})");
  EXPECT_EQ(schemaOf<std::optional<kinds::Colour>>(),
            R"({"anyOf":[{"type":"string","enum":["red","green"]},{"type":"null"}]})");
  EXPECT_EQ(schemaOf<std::optional<kinds::Point>>(),
            R"({"anyOf":[{"$ref":"#/kinds.Point"},{"type":"null"}]})");
}

TEST(ApiSchemaTest, ListsHaveTheirElements) {
  EXPECT_EQ(schemaOf<std::deque<bool>>(), R"({"type":"array","items":{"type":"boolean"}})");
  EXPECT_EQ((schemaOf<std::array<bool, 3>>()),
            R"({"type":"array","items":{"type":"boolean"},"minItems":3,"maxItems":3})");
}

TEST(ApiSchemaTest, OnlyTheElementsOfASetAreUnique) {
  EXPECT_EQ(schemaOf<std::set<bool>>(),
            R"({"type":"array","items":{"type":"boolean"},"uniqueItems":true})");
  EXPECT_EQ(schemaOf<std::vector<bool>>(), R"({"type":"array","items":{"type":"boolean"}})");
}

TEST(ApiSchemaTest, MapsAreObjectsOrListsOfPairs) {
  EXPECT_EQ((schemaOf<std::map<std::string, kinds::Point>>()),
            R"({"type":"object","additionalProperties":{"$ref":"#/kinds.Point"}})");
  EXPECT_EQ(
      (schemaOf<std::map<bool, float>>()),
      R"({"type":"array","items":{"type":"array","prefixItems":[{"type":"boolean"},)"
      R"({"type":"number","format":"float"}],"minItems":2,"maxItems":2},"uniqueItems":true})");
}

TEST(ApiSchemaTest, AMessageThatHasItselfIsThereOnce) {
  EXPECT_EQ(schemaOf<std::vector<kinds::Tree>>(),
            R"({"type":"array","items":{"$ref":"#/kinds.Tree"}})");
  const std::shared_ptr<Api> api = kinds::newApi();
  const ApiDescription description(*api);
  int trees = 0;
  for (const DescribedMessage& message : description.messages()) {
    trees += message.key == "kinds.Tree" ? 1 : 0;
  }
  EXPECT_EQ(trees, 1);
}

}  // namespace
}  // namespace couplet::detail
