// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/testing/every_cut.h>

#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

#include <couplet/protocols/testing/gtest_every_cut.h>

namespace couplet::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string join(const Chunks& chunks) {
  std::string all;
  for (const std::string_view chunk : chunks) all += chunk;
  return all;
}

TEST(EveryCutTest, BeginsWithTheWhole) { EXPECT_THAT(everyCut("abc").front(), ElementsAre("abc")); }

TEST(EveryCutTest, CutsInTwoAtEveryPlaceAndByteByByte) {
  const auto cuts = everyCut("abc");
  EXPECT_THAT(cuts, Contains(ElementsAre("a", "bc")));
  EXPECT_THAT(cuts, Contains(ElementsAre("ab", "c")));
  EXPECT_THAT(cuts, Contains(ElementsAre("a", "b", "c")));
}

TEST(EveryCutTest, EachCutIsTheWholeTranscript) {
  const std::string transcript(10'000, 'x');
  for (const Chunks& cut : everyCut(transcript)) EXPECT_EQ(join(cut), transcript);
}

TEST(EveryCutTest, NoTranscriptIsNoPieces) {
  for (const Chunks& cut : everyCut("")) EXPECT_THAT(cut, IsEmpty());
}

TEST(EveryCutTest, ALongTranscriptIsNotCutEverywhere) {
  EXPECT_LT(everyCut(std::string(100'000, 'x')).size(), 2000);
}

/// Wrong: takes every piece for a message.
std::vector<std::string> piecesOf(const Chunks& chunks) {
  return std::vector<std::string>(chunks.begin(), chunks.end());
}

TEST(ExpectSameAtEveryCutTest, PassesWhereTheSameIsHeard) {
  expectSameAtEveryCut("one.two.", join);
}

TEST(ExpectSameAtEveryCutTest, ADifferenceIsThrownWithTheCutAndWhatWasHeard) {
  try {
    expectSameAtEveryCut("a\n.b", piecesOf);
    FAIL() << "nothing was thrown";
  } catch (const CutDifference& difference) {
    EXPECT_STREQ(difference.what(),
                 R"(cut as "a" + "\x0a.b": heard ["a", "\x0a.b"]; whole: heard ["a\x0a.b"])");
  }
}

TEST(ExpectSameAtEveryCutTest, FeedsOneReceiverThatIsAsNewAfterTheTranscript) {
  std::string heard;
  expectSameAtEveryCut(
      "abc", [&](std::string_view bytes) { heard += bytes; }, heard);
  EXPECT_EQ(heard, "abc");
}

TEST(ExpectSameAtEveryCutTest, NoticesOneReceiverThatIsNotAsNew) {
  std::vector<std::string> heard;
  const auto receive = [&](std::string_view bytes) { heard.emplace_back(bytes); };
  EXPECT_THROW(expectSameAtEveryCut("abc", receive, heard), CutDifference);
}

TEST(SameAtEveryCutTest, IsAnAssertionOfGoogleTest) {
  EXPECT_TRUE(sameAtEveryCut("abc", join));
  const auto result = sameAtEveryCut("abc", piecesOf);
  EXPECT_FALSE(result);
  EXPECT_THAT(result.message(), HasSubstr("cut as \"a\" + \"bc\""));
}

}  // namespace
}  // namespace couplet::testing
