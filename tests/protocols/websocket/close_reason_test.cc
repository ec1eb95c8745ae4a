// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/websocket/close_reason.h>

#include <cstdint>

#include <gtest/gtest.h>

namespace couplet {
namespace {

TEST(CloseReasonTest, IsNormalUnlessSaid) {
  EXPECT_EQ(CloseReason().code(), 1000);
  EXPECT_EQ(CloseReason().text(), "");
  EXPECT_EQ(CloseReason(), CloseReason(CloseReason::kNormal));
  EXPECT_NE(CloseReason(), CloseReason(CloseReason::kNormal, "bye"));
}

/// RFC 6455, 7.4.1, the registry of 11.7, and 7.4.2.
TEST(CloseReasonTest, MayBeSentWithTheCodesOfTheRegistryAndThoseOfPrograms) {
  for (unsigned code = 0; code <= 0xffff; ++code) {
    const bool named =
        (code >= 1000 && code <= 1014) && code != 1004 && code != 1005 && code != 1006;
    const bool others = code / 1000 == 3 || code / 1000 == 4;
    EXPECT_EQ(CloseReason::mayBeSent(static_cast<std::uint16_t>(code)), named || others) << code;
  }
}

TEST(CloseReasonTest, IsShownWithTheNameOfItsCode) {
  EXPECT_EQ(CloseReason().toString(), "1000 (normal)");
  EXPECT_EQ(CloseReason(CloseReason::kGoingAway, "back in a minute").toString(),
            "1001 (going away): back in a minute");
  EXPECT_EQ(CloseReason(CloseReason::kTryAgainLater).toString(), "1013 (try again later)");
  EXPECT_EQ(CloseReason(CloseReason::kNoCode).toString(), "1005 (no code)");
}

TEST(CloseReasonTest, ACodeOfAProgramHasNoName) {
  EXPECT_EQ(CloseReason(4000, "tired").toString(), "4000: tired");
  EXPECT_EQ(CloseReason(1004).toString(), "1004");
}

TEST(CloseReasonTest, IsShownSafely) {
  EXPECT_EQ(CloseReason(1000, "a\nb\x1b[2J").toString(), "1000 (normal): a\\x0ab\\x1b[2J");
}

}  // namespace
}  // namespace couplet
