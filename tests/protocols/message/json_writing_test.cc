// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What is written, and that nothing is when that fails.
#include <limits>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "messages.h"

namespace couplet {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(JSONWritingTest, IsCompact) {
  EXPECT_EQ(toJSON(Multiply{1.5, 2.25}), R"({"x":1.5,"y":2.25})");
}

TEST(JSONWritingTest, Appends) {
  std::string out = "before";
  appendJSON(out, Output{1});
  EXPECT_EQ(out, R"(before{"value":1.0})");
}

TEST(JSONWritingTest, AppendsNothingWhereItThrows) {
  std::string out = "before";
  Holder<std::vector<double>> numbers{std::vector<double>(1000, 1.5)};
  numbers.value.push_back(kNaN);
  EXPECT_THROW(appendJSON(out, numbers), MessageError);
  EXPECT_EQ(out, "before");
}

TEST(JSONWritingTest, NamesTheMessageThatCannotBeWritten) {
  EXPECT_EQ(whyNot([] {
              return toValue(std::vector<Multiply>{{1, 2}, {1, kNaN}});
            }),
            R"(nan is no number in JSON for member "y" of "Multiply")");
}

struct Beside {
  Output inner;
  double outer = 0;
  static constexpr auto kMessage =
      message("test.Beside", member("inner", &Beside::inner), member("outer", &Beside::outer));
};

TEST(JSONWritingTest, NamesTheOuterMessageBehindAnInnerOne) {
  EXPECT_EQ(whyNot([] {
              return toJSON(Beside{{1}, kNaN});
            }),
            R"(nan is no number in JSON for member "outer" of "Beside")");
}

TEST(JSONWritingTest, AKeyThatIsNoUTF8IsRefused) {
  const std::map<std::string, int> map{{"\xff", 1}};
  EXPECT_EQ(whyNot([&] { return toValue(map); }),
            R"("?" is no UTF-8, and no Bytes, for member "value" of "Holder")");
}

TEST(JSONWritingTest, WritesAsDeepAsCanBeRead) {
  const Tree tree = Tree::ofDepth(32);
  EXPECT_EQ(fromJSON<Tree>(toJSON(tree), {.depth = 64}), tree);
}

TEST(JSONWritingTest, RefusesWhatIsDeeper) {
  EXPECT_EQ(
      whyNot([] { return toJSON(Tree::ofDepth(33)); }),
      "lists and objects inside each other, more than 64 for member \"children\" of \"Tree\"");
  EXPECT_THROW(toJSON(Tree::ofDepth(10'000)), MessageError);
}

TEST(JSONWritingTest, WritesTextsOfManyPieces) {
  for (std::size_t size = 200; size < 800; ++size) {
    const std::string text(size, 'x');
    ASSERT_EQ(toValue(text), '"' + text + '"');
  }
}

}  // namespace
}  // namespace couplet
