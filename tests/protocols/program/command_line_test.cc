// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/program/detail/command_line.h>

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/protocols/program/detail/reserved_flags.h>

#include "flags_test_base.h"

namespace couplet::detail {
namespace {

class ReservedFlagsTest : public ::testing::Test {
 protected:
  void give(const std::vector<std::string>& words) {
    FlagSet* const sets[] = {&flags};
    parseCommandLine(words, sets);
  }
  std::string complaintAbout(const std::string& word) {
    return complaintOf([&] { give({word}); });
  }

  ReservedFlags flags;
};

TEST_F(ReservedFlagsTest, AreChoicesAndAFile) {
  give({"--dump-settings", "--store_settings=true", "--settings-file", "x.json", "--pure_object"});
  EXPECT_TRUE(flags.dumpSettings && flags.storeSettings && flags.pureObject);
  EXPECT_FALSE(flags.factoryReset);
  EXPECT_EQ(flags.settingsFile, "x.json");
}

TEST_F(ReservedFlagsTest, MayBeTakenBack) {
  give({"--dump_settings", "--nodump_settings"});
  EXPECT_FALSE(flags.onlySettings());
}

TEST_F(ReservedFlagsTest, RefuseWhatIsNoChoiceAndNoFile) {
  EXPECT_EQ(complaintAbout("--dump-settings=maybe"),
            "--dump-settings needs true or false, not 'maybe'.");
  EXPECT_EQ(complaintAbout("--settings_file="),
            "--settings_file needs the name of a file, not ''.");
  EXPECT_EQ(complaintAbout("--settings_file"), "--settings_file needs a value.");
}

/// The first set that has a flag gets it.
TEST_F(ReservedFlagsTest, GoBeforeSetsThatComeLater) {
  ReservedFlags second;
  FlagSet* const sets[] = {&flags, &second};
  parseCommandLine({"--dump_settings"}, sets);
  EXPECT_TRUE(flags.dumpSettings);
  EXPECT_FALSE(second.dumpSettings);
}

}  // namespace
}  // namespace couplet::detail
