// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/program/detail/member_flags.h>

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/protocols/message/json.h>
#include <couplet/protocols/program/host_port.h>

#include "flags_test_base.h"

namespace couplet::detail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

enum class Colour { kRed, kGreen };

constexpr auto enumerators(Colour) {
  return named<Colour>({{"red", Colour::kRed}, {"green", Colour::kGreen}});
}

struct Settings {
  std::string user_name = "nobody";
  std::int8_t small = -1;
  std::uint64_t large = 1;
  double ratio = 0.5;
  bool is_loud = false;
  std::optional<bool> is_sure;
  std::optional<int> limit;
  Colour colour = Colour::kRed;
  std::vector<int> numbers = {1, 2};
  std::map<std::string, int> ages;
  HostPort peer{"127.0.0.1", 5052};
  std::optional<HostPort> other;

  static constexpr auto kMessage =
      message("sample.Settings", member("user_name", &Settings::user_name),
              member("small", &Settings::small), member("large", &Settings::large),
              member("ratio", &Settings::ratio), member("is_loud", &Settings::is_loud),
              member("is_sure", &Settings::is_sure), member("limit", &Settings::limit),
              member("colour", &Settings::colour), member("numbers", &Settings::numbers),
              member("ages", &Settings::ages), member("peer", &Settings::peer),
              member("other", &Settings::other));
};

// A flag per member.
class MemberFlagsTest : public ::testing::Test {
 protected:
  void give(const std::vector<std::string>& words) {
    MemberFlags flags(TypeOf<Settings>::value);
    FlagSet* const sets[] = {&flags};
    const auto rest = parseCommandLine(words, sets);
    EXPECT_THAT(rest, ::testing::Optional(::testing::IsEmpty()));
    flags.apply(&settings);
  }
  std::string complaintAbout(const std::string& word) {
    return complaintOf([&] { give({word}); });
  }

  Settings settings;
};

TEST_F(MemberFlagsTest, EachMemberIsAFlag) {
  give({"--user_name=me", "--small", "-128", "--large=18446744073709551615", "--ratio=1e-3"});
  EXPECT_EQ(settings.user_name, "me");
  EXPECT_EQ(settings.small, -128);
  EXPECT_EQ(settings.large, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(settings.ratio, 0.001);
}

TEST_F(MemberFlagsTest, DashesAndUnderscoresAreTheSame) {
  give({"--user-name=a-b_c", "--is-loud"});
  EXPECT_EQ(settings.user_name, "a-b_c");
  EXPECT_TRUE(settings.is_loud);
}

TEST_F(MemberFlagsTest, TextMayBeAnything) {
  give({"--user_name=--x={\"y\":\n1}"});
  EXPECT_EQ(settings.user_name, "--x={\"y\":\n1}");
  give({"--user_name="});
  EXPECT_EQ(settings.user_name, "");
}

TEST_F(MemberFlagsTest, AChoiceNeedsNoValue) {
  give({"--is_loud", "--is_sure"});
  EXPECT_TRUE(settings.is_loud);
  EXPECT_EQ(settings.is_sure, true);
  give({"--nois_loud", "--no-is-sure"});
  EXPECT_FALSE(settings.is_loud);
  EXPECT_EQ(settings.is_sure, false);
}

TEST_F(MemberFlagsTest, AChoiceTakesTheWordsThatGflagsTakes) {
  for (const char* yes : {"1", "t", "true", "Y", "Yes", "TRUE"}) {
    settings.is_loud = false;
    give({std::string("--is_loud=") + yes});
    EXPECT_TRUE(settings.is_loud) << yes;
  }
  for (const char* no : {"0", "f", "false", "n", "NO"}) {
    settings.is_loud = true;
    give({std::string("--is_loud=") + no});
    EXPECT_FALSE(settings.is_loud) << no;
  }
}

TEST_F(MemberFlagsTest, ListsAndObjectsAreJSON) {
  give({"--numbers=[3,4]", R"(--ages={"Ann":7})", "--colour=green", "--limit=9"});
  EXPECT_THAT(settings.numbers, ElementsAre(3, 4));
  EXPECT_THAT(settings.ages, ElementsAre(std::pair<const std::string, int>("Ann", 7)));
  EXPECT_EQ(settings.colour, Colour::kGreen);
  EXPECT_EQ(settings.limit, 9);
}

TEST_F(MemberFlagsTest, ANestedMessageIsJSONAndKeepsWhatIsNotGiven) {
  give({R"(--peer={"host":"10.0.0.1","port":80})"});
  EXPECT_EQ(settings.peer, (HostPort{"10.0.0.1", 80}));
  give({R"(--peer={"port":81})"});
  EXPECT_EQ(settings.peer, (HostPort{"10.0.0.1", 81}));
}

TEST_F(MemberFlagsTest, AHostPortIsAlsoAHostAndAPort) {
  give({"--peer=[::1]:80", "--other=example.com:81"});
  EXPECT_EQ(settings.peer, (HostPort{"::1", 80}));
  EXPECT_EQ(settings.other, (HostPort{"example.com", 81}));
  give({"--peer=90"});
  EXPECT_EQ(settings.peer, (HostPort{"::1", 90}));
}

TEST_F(MemberFlagsTest, WhatMayBeNothingIsThatWithoutAValue) {
  settings.limit = 5;
  settings.is_sure = true;
  settings.other = HostPort{"10.0.0.1", 80};
  give({"--limit=", "--is_sure=", "--other="});
  EXPECT_EQ(settings.limit, std::nullopt);
  EXPECT_EQ(settings.is_sure, std::nullopt);
  EXPECT_EQ(settings.other, std::nullopt);
  EXPECT_THAT(complaintAbout("--peer="), HasSubstr("--peer needs [HOST:]PORT"));
}

TEST_F(MemberFlagsTest, TheLastOfTwoHolds) {
  give({"--small=1", "--small=2"});
  EXPECT_EQ(settings.small, 2);
}

TEST_F(MemberFlagsTest, AValueThatDoesNotFitIsNamedWithItsFlag) {
  EXPECT_THAT(complaintAbout("--small=128"), HasSubstr("--small: 128 is out of range"));
  EXPECT_THAT(complaintAbout("--large=x"), HasSubstr("--large: \"x\" is not an integer"));
  EXPECT_THAT(complaintAbout("--ratio=nan"), HasSubstr("--ratio: "));
  EXPECT_THAT(complaintAbout("--is-loud=maybe"), HasSubstr("--is-loud: \"maybe\" is not true or"));
  EXPECT_THAT(complaintAbout("--colour=blue"), HasSubstr("--colour: \"blue\""));
  EXPECT_THAT(complaintAbout("--numbers=[1,"), HasSubstr("--numbers: "));
  EXPECT_EQ(complaintAbout("--peer=nowhere"),
            "--peer needs [HOST:]PORT, or an object as JSON, not 'nowhere'.");
}

TEST_F(MemberFlagsTest, AnUnknownFlagOrMemberIsNamed) {
  EXPECT_EQ(complaintAbout("--user=me"), "Unknown flag: --user");
  EXPECT_THAT(complaintAbout(R"(--peer={"hots":"x"})"),
              HasSubstr(R"(--peer: unknown member "hots" in "HostPort")"));
}

TEST_F(MemberFlagsTest, DescribesEachWithItsTypeAndDefault) {
  EXPECT_EQ(describeMembers(TypeOf<Settings>::value, &settings),
            "  --user_name=nobody\n      text\n"
            "  --small=-1\n      an integer from -128 to 127\n"
            "  --large=1\n      an integer from 0 to 18446744073709551615\n"
            "  --ratio=0.5\n      a number\n"
            "  --is_loud=false\n      true or false\n"
            "  --is_sure\n      true or false, or nothing\n"
            "  --limit\n      an integer from -2147483648 to 2147483647, or nothing\n"
            "  --colour=red\n      one of red, green\n"
            "  --numbers=[1,2]\n      a list, as JSON\n"
            "  --ages={}\n      an object, as JSON\n"
            "  --peer={\"host\":\"127.0.0.1\",\"port\":5052}\n"
            "      [HOST:]PORT, or an object as JSON\n"
            "  --other\n      [HOST:]PORT, or an object as JSON, or nothing\n");
}

}  // namespace
}  // namespace couplet::detail
