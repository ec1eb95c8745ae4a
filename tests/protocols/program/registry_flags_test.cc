// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/program/detail/registry_flags.h>

#include <optional>
#include <string>
#include <vector>

#include <gflags/gflags.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "flags_test_base.h"

DEFINE_int32(test_number, 7, "a number");
DEFINE_double(test_time, 0.5, "a time");
DEFINE_bool(test_choice, false, "a choice");
DEFINE_string(test_word, "", "a word");

namespace {
bool isShort(const char*, const std::string& word) { return word.size() < 9; }
}  // namespace
DEFINE_validator(test_word, &isShort);

namespace couplet::detail {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class RegistryFlagsTest : public ::testing::Test {
 protected:
  using Words = std::vector<std::string>;

  std::optional<Arguments> setFlags(const Words& words) {
    RegistryFlags flags;
    FlagSet* const sets[] = {&flags};
    return parseCommandLine(words, sets);
  }
  std::string complaintAbout(const Words& words) {
    return complaintOf([&] { setFlags(words); });
  }

  gflags::FlagSaver saver_;  // puts the flags back after each test
};

TEST_F(RegistryFlagsTest, SetsFlagsAndGivesTheRest) {
  EXPECT_EQ(setFlags({"a", "--test_number=9", "b", "-test_time=1.5", "-"}), (Words{"a", "b", "-"}));
  EXPECT_EQ(FLAGS_test_number, 9);
  EXPECT_EQ(FLAGS_test_time, 1.5);
}

// Crunch 27: dashes and underscores are the same in every flag.
TEST_F(RegistryFlagsTest, DashesAndUnderscoresAreTheSame) {
  setFlags({"--test-number=3", "--test-word=a-b_c"});
  EXPECT_EQ(FLAGS_test_number, 3);
  EXPECT_EQ(FLAGS_test_word, "a-b_c");
}

TEST_F(RegistryFlagsTest, AValueMayBeTheNextArgument) {
  EXPECT_EQ(setFlags({"--test-number", "-4", "rest"}), Words{"rest"});
  EXPECT_EQ(FLAGS_test_number, -4);
}

TEST_F(RegistryFlagsTest, AChoiceNeedsNoValue) {
  EXPECT_EQ(setFlags({"--test-choice", "rest"}), Words{"rest"});
  EXPECT_TRUE(FLAGS_test_choice);
  setFlags({"--no-test-choice"});
  EXPECT_FALSE(FLAGS_test_choice);
  setFlags({"--test_choice=true", "--notest_choice"});
  EXPECT_FALSE(FLAGS_test_choice);
}

TEST_F(RegistryFlagsTest, TwoDashesEndTheFlags) {
  EXPECT_EQ(setFlags({"--", "--test-number=9"}), Words{"--test-number=9"});
  EXPECT_EQ(FLAGS_test_number, 7);
}

TEST_F(RegistryFlagsTest, HelpIsAskedFor) {
  EXPECT_FALSE(setFlags({"--help"}));
  EXPECT_FALSE(setFlags({"a", "-h", "--nonsense"}));
}

TEST_F(RegistryFlagsTest, AnUnknownFlagIsNamedAsItWasWritten) {
  EXPECT_EQ(complaintAbout({"--no-such-thing=1"}), "Unknown flag: --no-such-thing");
  EXPECT_EQ(complaintAbout({"-5"}), "Unknown flag: -5");
  EXPECT_EQ(complaintAbout({"--notest_number"}), "Unknown flag: --notest_number");
}

TEST_F(RegistryFlagsTest, TheFlagsOfTheParserThatIsNotUsedAreUnknown) {
  for (const char* flag : {"--flagfile=x", "--fromenv=x", "--undefok=x", "--helpfull", "--version",
                           "--tab_completion_word=x"}) {
    EXPECT_TRUE(complaintAbout({flag}).starts_with("Unknown flag: ")) << flag;
  }
}

TEST_F(RegistryFlagsTest, AValueOfAWrongTypeIsNamed) {
  EXPECT_EQ(complaintAbout({"--test-number=abc"}),
            "--test-number needs a whole number, not 'abc'.");
  EXPECT_EQ(complaintAbout({"--test-number=1.5"}),
            "--test-number needs a whole number, not '1.5'.");
  EXPECT_EQ(complaintAbout({"--test-number="}), "--test-number needs a whole number, not ''.");
  EXPECT_EQ(complaintAbout({"--test-time="}), "--test-time needs a number, not ''.");
  EXPECT_EQ(complaintAbout({"--test-choice=maybe"}),
            "--test-choice needs true or false, not 'maybe'.");
}

TEST_F(RegistryFlagsTest, ANumberOutOfRangeIsToldTheRange) {
  EXPECT_EQ(complaintAbout({"--test-number=99999999999"}),
            "--test-number needs a number from -2147483648 to 2147483647, not '99999999999'.");
  EXPECT_EQ(complaintAbout({"--test-number=-99999999999"}),
            "--test-number needs a number from -2147483648 to 2147483647, not '-99999999999'.");
}

TEST_F(RegistryFlagsTest, AValueThatItsValidatorRefusesIsNamed) {
  EXPECT_EQ(complaintAbout({"--test-word=much-too-long"}),
            "--test-word needs another value, not 'much-too-long'.");
}

TEST_F(RegistryFlagsTest, AMissingValueIsNamed) {
  EXPECT_EQ(complaintAbout({"--test-number"}), "--test-number needs a value.");
}

TEST_F(RegistryFlagsTest, DescribesTheFlagsOfTheProgramOnly) {
  const std::string lines = describeRegistryFlags();
  EXPECT_THAT(lines, HasSubstr("  --test_number=7\n      a number\n"));
  EXPECT_THAT(lines, HasSubstr("  --test_word\n      a word\n"));
  for (const char* flag : {"--v=", "--logtostderr", "--symbolize", "--flagfile", "--help"}) {
    EXPECT_THAT(lines, Not(HasSubstr(flag)));
  }
}

}  // namespace
}  // namespace couplet::detail
