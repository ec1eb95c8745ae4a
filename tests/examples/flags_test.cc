// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/program/flags.h"

#include <string>
#include <vector>

#include <gflags/gflags.h>
#include <gtest/gtest.h>

#include "examples/program/program.h"

DEFINE_int32(test_number, 7, "a number");
DEFINE_double(test_time, 0.5, "a time");
DEFINE_bool(test_choice, false, "a choice");
DEFINE_string(test_word, "", "a word");

namespace examples {

class FlagsTest : public ::testing::Test {
 protected:
  using Words = std::vector<std::string>;

  static std::string complaintAbout(const Words& arguments) {
    try {
      setFlags(arguments);
      return "";
    } catch (const UsageError& error) {
      EXPECT_EQ(error.status(), 2);
      return error.what();
    }
  }

  gflags::FlagSaver saver_;  // puts the flags back after each test
};

TEST_F(FlagsTest, SetsFlagsAndGivesTheRest) {
  EXPECT_EQ(setFlags({"a", "--test_number=9", "b", "-test_time=1.5", "-"}), (Words{"a", "b", "-"}));
  EXPECT_EQ(FLAGS_test_number, 9);
  EXPECT_EQ(FLAGS_test_time, 1.5);
}

TEST_F(FlagsTest, DashesAndUnderscoresAreTheSame) {
  setFlags({"--test-number=3", "--test-word=a-b_c"});
  EXPECT_EQ(FLAGS_test_number, 3);
  EXPECT_EQ(FLAGS_test_word, "a-b_c");
}

TEST_F(FlagsTest, AValueMayBeTheNextArgument) {
  EXPECT_EQ(setFlags({"--test-number", "-4", "rest"}), Words{"rest"});
  EXPECT_EQ(FLAGS_test_number, -4);
}

TEST_F(FlagsTest, AChoiceNeedsNoValue) {
  EXPECT_EQ(setFlags({"--test-choice", "rest"}), Words{"rest"});
  EXPECT_TRUE(FLAGS_test_choice);
  setFlags({"--no-test-choice"});
  EXPECT_FALSE(FLAGS_test_choice);
  setFlags({"--test_choice=true", "--notest_choice"});
  EXPECT_FALSE(FLAGS_test_choice);
}

TEST_F(FlagsTest, TwoDashesEndTheFlags) {
  EXPECT_EQ(setFlags({"--", "--test-number=9"}), Words{"--test-number=9"});
  EXPECT_EQ(FLAGS_test_number, 7);
}

TEST_F(FlagsTest, HelpIsAskedFor) {
  EXPECT_FALSE(setFlags({"--help"}));
  EXPECT_FALSE(setFlags({"a", "-h", "--nonsense"}));
}

TEST_F(FlagsTest, AnUnknownFlagIsNamedAsItWasWritten) {
  EXPECT_EQ(complaintAbout({"--no-such-thing=1"}), "Unknown flag: --no-such-thing");
  EXPECT_EQ(complaintAbout({"-5"}), "Unknown flag: -5");
  EXPECT_EQ(complaintAbout({"--notest_number"}), "Unknown flag: --notest_number");
}

TEST_F(FlagsTest, TheFlagsOfTheParserThatIsNotUsedAreUnknown) {
  for (const char* flag : {"--flagfile=x", "--fromenv=x", "--undefok=x", "--helpfull", "--version"})
    EXPECT_TRUE(complaintAbout({flag}).starts_with("Unknown flag: ")) << flag;
}

TEST_F(FlagsTest, AValueOfAWrongTypeIsNamed) {
  EXPECT_EQ(complaintAbout({"--test-number=abc"}),
            "--test-number needs a whole number, not 'abc'.");
  EXPECT_EQ(complaintAbout({"--test-number=1.5"}),
            "--test-number needs a whole number, not '1.5'.");
  EXPECT_EQ(complaintAbout({"--test-number="}), "--test-number needs a whole number, not ''.");
  EXPECT_EQ(complaintAbout({"--test-time="}), "--test-time needs a number, not ''.");
  EXPECT_EQ(complaintAbout({"--test-choice=maybe"}),
            "--test-choice needs true or false, not 'maybe'.");
}

TEST_F(FlagsTest, ANumberOutOfRangeIsToldTheRange) {
  EXPECT_EQ(complaintAbout({"--test-number=99999999999"}),
            "--test-number needs a number from -2147483648 to 2147483647, not '99999999999'.");
  EXPECT_EQ(complaintAbout({"--test-number=-99999999999"}),
            "--test-number needs a number from -2147483648 to 2147483647, not '-99999999999'.");
}

TEST_F(FlagsTest, AMissingValueIsNamed) {
  EXPECT_EQ(complaintAbout({"--test-number"}), "--test-number needs a value.");
}

}  // namespace examples
