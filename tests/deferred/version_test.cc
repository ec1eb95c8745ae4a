// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <string>

#include <gtest/gtest.h>

#include <couplet/deferred/version.h>

namespace couplet {
namespace {

TEST(VersionTest, IsThatOfTheProject) { EXPECT_EQ(kVersion, COUPLET_PROJECT_VERSION); }

TEST(VersionTest, IsMadeOfItsNumbers) {
  EXPECT_EQ(kVersion, std::to_string(kVersionMajor) + "." + std::to_string(kVersionMinor) + "." +
                          std::to_string(kVersionPatch));
}

TEST(VersionTest, OfTheLibraryIsThatOfItsHeaders) { EXPECT_EQ(version(), kVersion); }

}  // namespace
}  // namespace couplet
