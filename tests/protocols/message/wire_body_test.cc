// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The bodies of requests, wrapped and bare, and stored settings.
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <couplet/protocols/message/wire.h>

#include "messages.h"

namespace couplet {
namespace {

template <class M>
std::string refusal(std::string_view text) {
  return whyNot([&] { return fromBody<M>(text); });
}

// Crunch 8: Wrapped, and bare.
TEST(WireBodyTest, IsWrappedOrBare) {
  EXPECT_EQ(fromBody<Multiply>(R"({"value":{"x":1.5,"y":2.25}})"), (Multiply{1.5, 2.25}));
  EXPECT_EQ(fromBody<Multiply>(R"({"x":1.5,"y":2.25})"), (Multiply{1.5, 2.25}));
}

TEST(WireBodyTest, NothingIsAllDefaultsBothWays) {
  EXPECT_EQ(fromBody<Multiply>("{}"), Multiply());
  EXPECT_EQ(fromBody<Multiply>(R"({"value":{}})"), Multiply());
}

// Crunch 8: Also for a message that has a member called "value".
TEST(WireBodyTest, AMemberCalledValueIsNoWrapping) {
  EXPECT_EQ(fromBody<Output>(R"({"value":42})"), Output{42});
  EXPECT_EQ(fromBody<Output>(R"({"value":{"value":42}})"), Output{42});
  EXPECT_EQ(refusal<Output>(R"({"value":{"x":42}})"), R"(unknown member "x" in "Output")");
  EXPECT_EQ(refusal<Output>(R"({"value":"a"})"),
            R"("a" is not a number for member "value" of "Output")");
  EXPECT_EQ(refusal<Output>(R"({"value":[1]})"),
            R"(a list is not a number for member "value" of "Output")");
}

TEST(WireBodyTest, WhereTheMemberIsAnObjectTheBodyIsBare) {
  EXPECT_EQ(fromBody<Holder<Output>>(R"({"value":{"value":42}})").value, Output{42});
  EXPECT_EQ(fromBody<Holder<std::optional<Output>>>(R"({"value":{"value":42}})").value, Output{42});
  using Map = std::map<std::string, double>;
  EXPECT_EQ((fromBody<Holder<Map>>(R"({"value":{"value":42}})").value), (Map{{"value", 42}}));
}

TEST(WireBodyTest, AWrappingIsAlone) {
  EXPECT_EQ(refusal<Multiply>(R"({"value":{"x":1},"y":2})"),
            R"(unknown member "y" beside "value" for "Multiply")");
  EXPECT_EQ(refusal<Multiply>(R"({"value":{"x":1},"value":{}})"),
            R"(unknown member "value" beside "value" for "Multiply")");
  EXPECT_EQ(refusal<Multiply>(R"({"x":1,"value":{"y":2}})"),
            R"(unknown member "value" in "Multiply")");
}

TEST(WireBodyTest, NoObjectIsNoWrapping) {
  EXPECT_EQ(refusal<Multiply>(R"({"value":1})"), R"(unknown member "value" in "Multiply")");
  EXPECT_EQ(refusal<Multiply>(R"({"value":[{}]})"), R"(unknown member "value" in "Multiply")");
  EXPECT_EQ(refusal<Multiply>(R"({"value":null})"), R"(unknown member "value" in "Multiply")");
}

TEST(WireBodyTest, RefusesWhatIsNoObject) {
  EXPECT_EQ(refusal<Multiply>("[]"), R"(a list is not an object for "Multiply")");
  EXPECT_EQ(refusal<Multiply>("1"), R"(1 is not an object for "Multiply")");
  EXPECT_NE(refusal<Multiply>(""), "");
  EXPECT_NE(refusal<Multiply>("{"), "");
  EXPECT_NE(refusal<Multiply>(R"({"value":{"x":1})"), "");
  EXPECT_NE(refusal<Multiply>(R"({"value":{"x":1}}})"), "");
}

TEST(WireBodyTest, IsBoundedBothWays) {
  EXPECT_NE(refusal<Tree>(std::string(100'000, '[')), "");
  std::string nested;
  for (int i = 0; i < 100'000; ++i) nested += R"({"value":)";
  EXPECT_NE(refusal<Tree>(nested), "");
  EXPECT_NE(refusal<Output>(nested), "");
}

// Crunch 27: Settings are stored as `{"value":{"host":...}}`.
TEST(WrappedTest, RoundTrips) {
  std::string out;
  appendWrapped(out, Multiply{1.5, 2.25});
  EXPECT_EQ(out, R"({"value":{"x":1.5,"y":2.25}})");
  EXPECT_EQ(fromWrapped<Multiply>(out), (Multiply{1.5, 2.25}));
}

TEST(WrappedTest, AMemberCalledValueIsInsideOfTheWrapping) {
  EXPECT_EQ(fromWrapped<Holder<Output>>(R"({"value":{"value":{"value":42}}})").value, Output{42});
  EXPECT_NE(whyNot([] { return fromWrapped<Output>(R"({"value":42})"); }), "");
}

TEST(WrappedTest, RefusesWhatIsBare) {
  EXPECT_EQ(whyNot([] { return fromWrapped<Multiply>(R"({"x":1})"); }),
            R"(no {"value":{...}} for "Multiply")");
  EXPECT_NE(whyNot([] { return fromWrapped<Multiply>("{}"); }), "");
}

}  // namespace
}  // namespace couplet
