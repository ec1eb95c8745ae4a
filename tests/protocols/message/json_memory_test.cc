// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What reading and writing take of the heap. Counts every `new` of this program.
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include <couplet/protocols/message/wire.h>

#include "messages.h"
#include "tests/protocols/support/counted_heap.h"

namespace couplet {
namespace {

struct Numbers {
  double real = 0;
  float small = 0;
  std::int64_t whole = 0;
  bool truth = false;
  std::optional<std::uint8_t> maybe;
  std::array<std::array<double, 2>, 2> matrix{};
  Multiply inner;

  bool operator==(const Numbers&) const = default;
  static constexpr auto kMessage =
      message("test.Numbers", member("real", &Numbers::real), member("small", &Numbers::small),
              member("whole", &Numbers::whole), member("truth", &Numbers::truth),
              member("maybe", &Numbers::maybe), member("matrix", &Numbers::matrix),
              member("inner", &Numbers::inner));
};

const Numbers kNumbers{1.0 / 3, 0.1F, INT64_MIN, true, 7, {{{1, 2}, {3, 4}}}, {1e22, -0.0}};

/// How many blocks `work` takes.
template <class F>
std::size_t allocationsOf(F work) {
  const std::size_t before = heap.allocations;
  work();
  return heap.allocations - before;
}

TEST(JSONMemoryTest, ReadingNumbersTakesNone) {
  const std::string text = toJSON(kNumbers);
  Numbers read;
  EXPECT_EQ(allocationsOf([&] { read = fromJSON<Numbers>(text); }), 0U);
  EXPECT_EQ(read, kNumbers);
}

TEST(JSONMemoryTest, WritingNumbersTakesNoneWhereThereIsRoom) {
  std::string out;
  out.reserve(4096);
  EXPECT_EQ(allocationsOf([&] { appendJSON(out, kNumbers); }), 0U);
  EXPECT_EQ(fromJSON<Numbers>(out), kNumbers);
}

TEST(JSONMemoryTest, NeitherDoTheShapesOfTheWire) {
  std::string out;
  out.reserve(4096);
  EXPECT_EQ(allocationsOf([&] { appendWire(out, kNumbers); }), 0U);
  EXPECT_EQ(allocationsOf([&] { EXPECT_TRUE(fromWire<Numbers>(out).hasValue()); }), 0U);
  const std::string body = R"({"value":{"x":1.5,"y":2.25}})";
  EXPECT_EQ(allocationsOf([&] { fromBody<Multiply>(body); }), 0U);
}

TEST(JSONMemoryTest, AStringTakesItsOwnBlockOnly) {
  const std::string text = R"({"value":")" + std::string(500, 'x') + R"("})";
  EXPECT_EQ(allocationsOf([&] { fromJSON<Holder<std::string>>(text); }), 1U);
}

TEST(JSONMemoryTest, ADeepTextTakesNoMoreThanAFewKilobytes) {
  const std::string text(1'000'000, '[');
  heap.peak = heap.live;
  const std::size_t before = heap.live;
  EXPECT_THROW(fromJSON<Holder<Tree>>(R"({"value":{"children":)" + text), MessageError);
  EXPECT_LT(heap.peak - before, text.size() + 100'000);
}

TEST(JSONMemoryTest, ALongStringThatIsRefusedIsHeldOnce) {
  const std::string text = R"({"x":")" + std::string(1'000'000, 'x') + R"("})";
  heap.peak = heap.live;
  const std::size_t before = heap.live;
  EXPECT_THROW(fromJSON<Multiply>(text), MessageError);
  EXPECT_LT(heap.peak - before, 4 * text.size());
  EXPECT_EQ(heap.live, before);
}

}  // namespace
}  // namespace couplet
