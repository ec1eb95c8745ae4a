// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Members from what a query or a command line has.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/protocols/message/bytes.h>
#include <couplet/protocols/message/text.h>

#include "messages.h"

namespace couplet {
namespace {

using namespace std::chrono_literals;

template <class T>
T set(std::string_view text) {
  Holder<T> holder;
  setMember(holder, "value", text);
  return holder.value;
}

template <class T>
std::string refusal(std::string_view text) {
  return whyNot([&] { return set<T>(text); });
}

// Crunch 8: Query members.
TEST(SetMemberTest, TakesTextWithoutQuotes) {
  EXPECT_EQ(set<double>("1.5"), 1.5);
  EXPECT_EQ(set<double>("2"), 2.0);
  EXPECT_EQ(set<int>("-7"), -7);
  EXPECT_TRUE(set<bool>("true"));
  EXPECT_EQ(set<std::string>("a \"b\" \\n"), "a \"b\" \\n");
  EXPECT_EQ(set<std::string>(""), "");
  EXPECT_EQ(set<std::string>("true"), "true");
  EXPECT_EQ(set<std::chrono::milliseconds>("PT0.25S"), 250ms);
  EXPECT_EQ(set<Bytes>("YQ=="), Bytes{"a"});
}

TEST(SetMemberTest, AnOptionalHasAValueThen) {
  EXPECT_EQ(set<std::optional<int>>("5"), 5);
  EXPECT_EQ(set<std::optional<std::string>>(""), "");
}

TEST(SetMemberTest, AnEmptyTextMakesAnOptionalNothing) {
  Holder<std::optional<int>> number{5};
  setMember(number, "value", "");
  EXPECT_EQ(number.value, std::nullopt);
  Holder<std::optional<Multiply>> product{Multiply{2, 3}};
  setMember(product, "value", "");
  EXPECT_EQ(product.value, std::nullopt);
  EXPECT_EQ(set<std::optional<Bytes>>(""), Bytes{});
}

TEST(SetMemberTest, ListsAndMessagesAreJSON) {
  EXPECT_EQ(set<std::vector<int>>("[1, 2]"), (std::vector<int>{1, 2}));
  EXPECT_EQ(set<Multiply>(R"({"y": 3})"), (Multiply{0, 3}));
}

TEST(SetMemberTest, AListTakesThePlaceOfWhatWasThere) {
  Holder<std::vector<int>> holder{{1, 2, 3}};
  setMember(holder, "value", "[4]");
  EXPECT_EQ(holder.value, std::vector<int>{4});
}

TEST(SetMemberTest, WhatAMessagesJSONDoesNotHaveStays) {
  Holder<Multiply> holder{{1, 2}};
  setMember(holder, "value", R"({"y":3})");
  EXPECT_EQ(holder.value, (Multiply{1, 3}));
}

// Crunch 10: Of a query, too.
TEST(SetMemberTest, RefusalsNameTheValueTheMemberAndTheRequest) {
  EXPECT_EQ(refusal<double>("abc"), R"("abc" is not a number for member "value" of "Holder")");
  EXPECT_EQ(refusal<double>(""), R"("" is not a number for member "value" of "Holder")");
  EXPECT_EQ(refusal<std::int8_t>("300"), R"(300 is out of range for member "value" of "Holder")");
  EXPECT_EQ(refusal<int>("1.5"), R"(1.5 is not an integer for member "value" of "Holder")");
  EXPECT_EQ(refusal<bool>("yes"), R"("yes" is not true or false for member "value" of "Holder")");
  EXPECT_EQ(refusal<double>("1e999"), R"(1e999 is out of range for member "value" of "Holder")");
  EXPECT_EQ(refusal<std::vector<int>>("[1,?"),
            R"(no JSON for member "value" of "Holder", at byte 3, "?": Invalid value.)");
}

TEST(SetMemberTest, AnUnknownMemberIsNamed) {
  Multiply multiply;
  EXPECT_EQ(whyNot([&] { return setMember(multiply, "z", "1"), 0; }),
            R"(unknown member "z" in "Multiply")");
}

TEST(SetMemberTest, TakesNoNumberThatIsNone) {
  for (const char* text : {"nan", "inf", "-inf", "infinity", "0x10", "1 ", " 1", "1,5", "+1", "-",
                           "1e", "e5", "1.2.3", "--1"}) {
    EXPECT_NE(refusal<double>(text), "") << text;
  }
}

TEST(SetMemberTest, TakesNoTextThatIsNoUTF8) {
  EXPECT_EQ(refusal<std::string>("a\xff"), R"("a?" is no UTF-8 for member "value" of "Holder")");
}

}  // namespace
}  // namespace couplet
