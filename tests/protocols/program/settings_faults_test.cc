// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Settings are stored, and every call of the system that this takes fails, or is the last one
// before the process is killed: each in turn.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/protocols/message/json.h>
#include <couplet/protocols/program/detail/settings_file.h>
#include <couplet/protocols/program/errors.h>

#include "file_edge.h"

namespace couplet::detail {
namespace {

namespace fs = std::filesystem;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Settings {
  std::string name = "default";
  static constexpr auto kMessage = message("sample.Settings", member("name", &Settings::name));
};

class SettingsFaultsTest : public ::testing::Test {
 protected:
  SettingsFaultsTest() {
    std::string pattern = (fs::temp_directory_path() / "settings_faults.XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    path_ = root_ / "folder" / "couplet" / "program.json";
  }
  ~SettingsFaultsTest() override { fs::remove_all(root_); }

  SettingsFile file() const { return SettingsFile(path_.string()); }
  void store(const std::string& name) const {
    Settings settings{name};
    file().store({TypeOf<Settings>::value, &settings});
  }
  std::string load() const {
    Settings settings;
    file().load({TypeOf<Settings>::value, &settings});
    return settings.name;
  }

  /// The files beside that of the settings.
  std::vector<std::string> others() const {
    std::vector<std::string> names;
    if (!fs::exists(path_.parent_path())) return names;
    for (const auto& entry : fs::directory_iterator(path_.parent_path())) {
      if (entry.path() != path_) names.push_back(entry.path().filename().string());
    }
    return names;
  }

  /// The calls that storing takes.
  std::vector<std::string> callsOf(const std::string& name) const {
    inject({});
    store(name);
    return endFileFault();
  }

  /// A process of its own stores `name`; whether it was killed.
  bool isKilledStoring(const std::string& name, const FileFault& fault) const {
    const ::pid_t child = ::fork();
    if (child == 0) {
      inject(fault);
      store(name);
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  }

  /// What the ProgramError says that storing throws; empty for none.
  std::string complaintStoring(const std::string& name, const FileFault& fault) const {
    inject(fault);
    std::string complaint;
    try {
      store(name);
    } catch (const ProgramError& error) {
      EXPECT_EQ(error.status(), 172);
      complaint = error.what();
    }
    endFileFault();
    return complaint;
  }

  fs::path root_;
  fs::path path_;
};

const std::string kNew = "new" + std::string(10'000, '!');

TEST_F(SettingsFaultsTest, StoringTakesTheseCalls) {
  EXPECT_THAT(callsOf("old"), ::testing::Contains("mkdir").Times(2));
  EXPECT_THAT(callsOf("new"), ElementsAre("open", "mkostemp", "write", "fsync", "close", "rename",
                                          "fsync", "close"));
}

// Crunch 27: written atomically: killed at any call, the file is the old one or the new one.
TEST_F(SettingsFaultsTest, AnOldFileSurvivesBeingKilledAtAnyCall) {
  store("old");
  const int calls = static_cast<int>(callsOf("old").size());
  for (const Fate fate : {Fate::kDiesBefore, Fate::kDiesHalfway, Fate::kDiesAfter}) {
    bool wasReplaced = false;
    for (int nth = 1; nth <= calls; ++nth) {
      if (!wasReplaced) store("old");
      ASSERT_TRUE(isKilledStoring(kNew, {fate, nth})) << nth;
      const std::string found = load();
      EXPECT_THAT(found, AnyOf("old", kNew)) << nth;
      EXPECT_TRUE(!wasReplaced || found == kNew) << nth;
      wasReplaced = found == kNew;
    }
    EXPECT_TRUE(wasReplaced);
  }
}

TEST_F(SettingsFaultsTest, ANewFileIsThereAsAWholeOrNotAtAll) {
  const int calls = static_cast<int>(callsOf(kNew).size());
  for (const Fate fate : {Fate::kDiesBefore, Fate::kDiesHalfway, Fate::kDiesAfter}) {
    for (int nth = 1; nth <= calls; ++nth) {
      fs::remove_all(root_ / "folder");
      ASSERT_TRUE(isKilledStoring(kNew, {fate, nth})) << nth;
      EXPECT_THAT(load(), AnyOf("default", kNew)) << nth;
      store("later");
      EXPECT_EQ(load(), "later") << nth;
    }
  }
}

/// Its name begins with a dot and ends otherwise: it is no program's.
TEST_F(SettingsFaultsTest, WhatAKilledProgramLeavesIsNotTakenForSettings) {
  store("old");
  ASSERT_TRUE(isKilledStoring(kNew, {Fate::kDiesBefore, 6}));
  EXPECT_THAT(others(), ElementsAre(::testing::StartsWith(".program.json.")));
  EXPECT_EQ(load(), "old");
}

TEST_F(SettingsFaultsTest, ACallThatFailsIsNamedAndTheOldFileStays) {
  store("old");
  const std::vector<std::string> calls = callsOf("old");
  const auto renamed = std::find(calls.begin(), calls.end(), "rename") - calls.begin() + 1;
  for (const int error : {ENOSPC, EACCES, EROFS, EIO, EDQUOT, EMFILE}) {
    for (int nth = 1; nth <= renamed; ++nth) {
      const std::string complaint = complaintStoring(kNew, {Fate::kFails, nth, error});
      EXPECT_EQ(complaint, "cannot store the settings in \"" + path_.string() + "\" ([Errno " +
                               std::to_string(error) + "] " + std::strerror(error) + ")")
          << calls[static_cast<std::size_t>(nth - 1)];
      EXPECT_EQ(load(), "old");
      EXPECT_THAT(others(), IsEmpty());
    }
  }
}

/// The file has its place by then, but a machine that dies may lose that.
TEST_F(SettingsFaultsTest, AFolderThatCannotBeWrittenOutIsNamed) {
  store("old");
  EXPECT_THAT(complaintStoring("new", {Fate::kFails, 7, EIO}), HasSubstr("[Errno 5]"));
  EXPECT_EQ(load(), "new");
  EXPECT_THAT(others(), IsEmpty());
}

TEST_F(SettingsFaultsTest, AFolderThatCannotBeMadeIsNamed) {
  const std::vector<std::string> calls = callsOf("old");
  for (int nth = 1; nth <= static_cast<int>(calls.size()); ++nth) {
    if (calls[static_cast<std::size_t>(nth - 1)] != "mkdir") continue;
    fs::remove_all(root_ / "folder");
    EXPECT_THAT(complaintStoring("new", {Fate::kFails, nth, EROFS}), HasSubstr("[Errno 30]"));
    EXPECT_EQ(load(), "default");
  }
}

TEST_F(SettingsFaultsTest, AWriteThatIsCutShortOrInterruptedGoesOn) {
  store("old");
  EXPECT_EQ(complaintStoring(kNew, {Fate::kCutShort, 3}), "");
  EXPECT_EQ(load(), kNew);
  EXPECT_EQ(complaintStoring("newer", {Fate::kFails, 3, EINTR}), "");
  EXPECT_EQ(load(), "newer");
}

/// Some file systems cannot write a folder out.
TEST_F(SettingsFaultsTest, AFolderThatNeverCanBeWrittenOutIsNoError) {
  store("old");
  EXPECT_EQ(complaintStoring("new", {Fate::kFails, 7, EINVAL}), "");
  EXPECT_EQ(load(), "new");
}

TEST_F(SettingsFaultsTest, ForgettingThatFailsIsNamed) {
  store("old");
  inject({Fate::kFails, 1, EACCES});
  EXPECT_THROW(file().remove(), ProgramError);
  endFileFault();
  EXPECT_EQ(load(), "old");
}

TEST_F(SettingsFaultsTest, ReadingThatFailsIsNamed) {
  store("old");
  inject({Fate::kFails, 1, EACCES});
  try {
    load();
    ADD_FAILURE();
  } catch (const ProgramError& error) {
    EXPECT_EQ(std::string(error.what()), "cannot read the settings in \"" + path_.string() +
                                             "\" ([Errno 13] Permission denied)");
  }
  endFileFault();
}

}  // namespace
}  // namespace couplet::detail
