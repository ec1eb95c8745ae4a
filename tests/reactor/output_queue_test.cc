// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/detail/output_queue.h>

#include <array>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace couplet::detail {
namespace {

class OutputQueueTest : public ::testing::Test {
 protected:
  /// The unsent bytes that one gathering gives.
  std::string gathered(std::size_t mostParts = 64) {
    std::array<::iovec, 64> parts;
    std::string all;
    for (const ::iovec& part : queue.gather(std::span(parts).first(mostParts)).parts) {
      all.append(static_cast<char*>(part.iov_base), part.iov_len);
    }
    return all;
  }

  ChunkPool pool;
  OutputQueue queue{pool};
  const std::string large = std::string(100'000, 'L');
};

TEST_F(OutputQueueTest, IsEmptyAtFirst) {
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(gathered(), "");
}

TEST_F(OutputQueueTest, GivesWhatWasAppendedInOrder) {
  queue.append("one ");
  queue.append("two ");
  queue.append("three");
  EXPECT_EQ(gathered(), "one two three");
  EXPECT_EQ(queue.size(), 13u);
}

TEST_F(OutputQueueTest, SmallWritesShareAChunk) {
  for (int i = 0; i < 100; ++i) queue.append("0123456789");
  EXPECT_EQ(gathered(1).size(), 1000u);
}

TEST_F(OutputQueueTest, ConsumingLeavesTheRest) {
  queue.append("abcdef");
  queue.consume(2);
  EXPECT_EQ(gathered(), "cdef");
  queue.append("gh");
  EXPECT_EQ(gathered(), "cdefgh");
  queue.consume(6);
  EXPECT_TRUE(queue.empty());
}

TEST_F(OutputQueueTest, ALargeWriteFillsTheChunkAndGetsOneOfItsOwn) {
  queue.append("small");
  queue.append(large);
  EXPECT_EQ(gathered(1).size(), ChunkPool::kChunkBytes);
  EXPECT_EQ(gathered(2), "small" + large);
}

TEST_F(OutputQueueTest, ClearingDropsEverything) {
  queue.append(large);
  queue.append("more");
  queue.clear();
  EXPECT_TRUE(queue.empty());
  queue.append("new");
  EXPECT_EQ(gathered(), "new");
}

TEST_F(OutputQueueTest, AnEmptyAppendAddsNothing) {
  queue.append("");
  EXPECT_TRUE(queue.empty());
}

TEST_F(OutputQueueTest, GivesTheSameBytesHoweverTheyAreAppendedAndConsumed) {
  std::mt19937 random(1);
  std::string all;
  std::string got;
  for (int i = 0; i < 1000; ++i) {
    std::string piece(random() % 40'000, static_cast<char>('a' + i % 26));
    all += piece;
    queue.append(piece);
    std::string front = gathered(1 + random() % 4).substr(0, random() % 60'000);
    got += front;
    queue.consume(front.size());
    ASSERT_EQ(queue.size(), all.size() - got.size());
  }
  while (!queue.empty()) {
    std::string front = gathered();
    got += front;
    queue.consume(front.size());
  }
  EXPECT_TRUE(got == all);
}

TEST(ChunkPoolTest, GivesASmallChunkAgain) {
  ChunkPool pool;
  Chunk* chunk = pool.take(1);
  pool.give(chunk);
  Chunk* again = pool.take(100);
  EXPECT_EQ(chunk, again);
  EXPECT_EQ(again->begin, again->end);
  pool.give(again);
}

TEST(ChunkPoolTest, KeepsNoLargeChunk) {
  ChunkPool pool;
  Chunk* large = pool.take(1'000'000);
  EXPECT_EQ(large->capacity, 1'000'000u);
  pool.give(large);
  Chunk* small = pool.take(1);
  EXPECT_EQ(small->capacity, ChunkPool::kChunkBytes);
  pool.give(small);
}

}  // namespace
}  // namespace couplet::detail
