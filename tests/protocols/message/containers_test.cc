// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Optionals, containers and messages inside of messages.
#include <array>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/protocols/message/bytes.h>
#include <couplet/protocols/message/uuid.h>

#include "messages.h"

namespace couplet {
namespace {

using Counts = std::map<std::string, int>;
using SetsByNumber = std::map<int, std::set<std::string>>;

template <class T>
void expectRoundTrip(const T& value, const std::string& json) {
  EXPECT_EQ(toValue(value), json);
  EXPECT_TRUE(fromValue<T>(json) == value) << json;
}

// Crunch 1: std::optional; null is for optionals only.
TEST(MessageContainerTest, AnOptionalIsAValueOrNull) {
  expectRoundTrip(std::optional<int>(), "null");
  expectRoundTrip(std::optional<int>(0), "0");
  expectRoundTrip(std::optional(std::vector<int>()), "[]");
  expectRoundTrip(std::optional(Output{1}), R"({"value":1.0})");
}

// Crunch 1: Null is for optionals only.
TEST(MessageContainerTest, NullIsForOptionalsOnly) {
  EXPECT_EQ(whyNoValue<int>("null"), R"(null is not an integer for member "value" of "Holder")");
  EXPECT_NE(whyNoValue<std::string>("null"), "");
  EXPECT_NE(whyNoValue<std::vector<int>>("null"), "");
  EXPECT_NE(whyNoValue<Output>("null"), "");
  EXPECT_NE(whyNoValue<std::vector<int>>("[null]"), "");
  EXPECT_EQ(fromValue<std::vector<std::optional<int>>>("[null,1]").size(), 2U);
}

// Crunch 1: std::vector and std::deque.
TEST(MessageContainerTest, RoundTripsSequences) {
  expectRoundTrip(std::vector<int>(), "[]");
  expectRoundTrip(std::vector<int>{1, 2, 3}, "[1,2,3]");
  expectRoundTrip(std::vector<bool>{true, false, true}, "[true,false,true]");
  expectRoundTrip(std::deque<std::string>{"a", ""}, R"(["a",""])");
  expectRoundTrip(std::vector<std::vector<Output>>{{}, {{1}, {2}}},
                  R"([[],[{"value":1.0},{"value":2.0}]])");
}

// Crunch 1: std::array.
TEST(MessageContainerTest, AnArrayHasJustItsElements) {
  using Three = std::array<int, 3>;
  expectRoundTrip(Three{1, 2, 3}, "[1,2,3]");
  EXPECT_EQ(whyNoValue<Three>("[1,2]"),
            R"(a list of 2 and not of 3 for member "value" of "Holder")");
  EXPECT_EQ(whyNoValue<Three>("[]"), R"(a list of 0 and not of 3 for member "value" of "Holder")");
  EXPECT_EQ(whyNoValue<Three>("[1,2,3,4]"),
            R"(a list of more than 3 for member "value" of "Holder")");
}

// Crunch 1: std::set.
TEST(MessageContainerTest, ASetHasEachElementOnce) {
  expectRoundTrip(std::set<int>{3, 1}, "[1,3]");
  expectRoundTrip(std::set<std::string>{}, "[]");
  expectRoundTrip(std::set<std::vector<int>>{{1}, {}}, "[[],[1]]");
  EXPECT_EQ(whyNoValue<std::set<std::string>>(R"(["a","b","a"])"),
            R"("a" comes twice for member "value" of "Holder")");
}

// Crunch 1: std::map with string keys: an object.
TEST(MessageContainerTest, AMapOfStringsIsAnObject) {
  expectRoundTrip(std::map<std::string, int>{{"", 1}, {"a\"", 2}}, R"({"":1,"a\"":2})");
  expectRoundTrip(std::map<std::string, std::map<std::string, Output>>{{"a", {{"b", {1}}}}},
                  R"({"a":{"b":{"value":1.0}}})");
  EXPECT_EQ(whyNoValue<Counts>(R"({"a":1,"a":2})"),
            R"(the key "a" comes twice for member "value" of "Holder")");
}

// Crunch 1: std::map with other keys: a list of pairs.
TEST(MessageContainerTest, AMapOfOthersIsAListOfPairs) {
  expectRoundTrip(std::map<int, std::string>{{2, "b"}, {-1, "a"}}, R"([[-1,"a"],[2,"b"]])");
  expectRoundTrip(std::map<UUID, bool>{{UUID(), true}},
                  R"([["00000000-0000-0000-0000-000000000000",true]])");
  expectRoundTrip(std::map<std::pair<int, int>, std::map<bool, Bytes>>{{{1, 2}, {{true, {"a"}}}}},
                  R"([[[1,2],[[true,"YQ=="]]]])");
}

TEST(MessageContainerTest, RefusesAPairThatIsNone) {
  using Map = std::map<int, int>;
  EXPECT_EQ(whyNoValue<Map>("[[1,2],[1,3]]"),
            R"(a list comes twice for member "value" of "Holder")");
  EXPECT_EQ(whyNoValue<Map>("[[1]]"), R"(a list of 1 and not of 2 for member "value" of "Holder")");
  EXPECT_EQ(whyNoValue<Map>("[[1,2,3]]"),
            R"(a list of more than 2 for member "value" of "Holder")");
  EXPECT_EQ(whyNoValue<Map>(R"({"1":2})"),
            R"(an object is not a list for member "value" of "Holder")");
}

// Crunch 1: Nested messages.
TEST(MessageContainerTest, RoundTripsAMessageInsideOfItself) {
  const Tree tree{{{{{}}}, {}}};
  EXPECT_EQ(fromJSON<Tree>(toJSON(tree)), tree);
}

struct Web {
  std::map<std::string, Web> named;
  std::map<int, Web> numbered;
  std::optional<std::vector<Web>> maybe;

  bool operator==(const Web&) const = default;
  static constexpr auto kMessage = couplet::message(
      "test.Web", couplet::member("named", &Web::named),
      couplet::member("numbered", &Web::numbered), couplet::member("maybe", &Web::maybe));
};

TEST(MessageContainerTest, RoundTripsAMessageInsideOfItselfInAllWays) {
  Web web;
  web.named["a"].numbered[1].maybe.emplace(2);
  web.maybe.emplace(1).front().named["b"];
  EXPECT_EQ(fromJSON<Web>(toJSON(web)), web);
}

TEST(MessageContainerTest, NamesTheInnermostMessageThatIsWrong) {
  EXPECT_EQ(whyNoValue<std::vector<Multiply>>(R"([{"x":1},{"y":"abc"}])"),
            R"("abc" is not a number for member "y" of "Multiply")");
}

TEST(MessageContainerTest, WhatIsHalfReadWhenItIsRefusedIsFreed) {
  EXPECT_NE(whyNoValue<std::set<std::set<std::string>>>(R"([["a"],["b","c","b"]])"), "");
  EXPECT_NE(whyNoValue<SetsByNumber>(R"([[1,["a","b"],2]])"), "");
  EXPECT_NE(whyNoValue<std::set<std::set<std::string>>>(R"([["a",[")"), "");
}

}  // namespace
}  // namespace couplet
