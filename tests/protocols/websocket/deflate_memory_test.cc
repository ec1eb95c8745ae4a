// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What compression holds of the heap: every `new` of this program is counted, and zlib's memory is
// taken so.
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/protocols/support/counted_heap.h"
#include "tests/protocols/websocket/deflating.h"

namespace couplet {
namespace {

using detail::MessageDeflater;
using detail::MessageInflater;
using testing::deflated;
using testing::inflated;
using testing::kLevel;
using testing::kMemoryLevel;
using testing::someText;

constexpr std::size_t kConnections = 50;

/// Both directions of a connection.
struct Both {
  explicit Both(bool keepsContext, int windowBits = 15)
      : deflater(windowBits, keepsContext, kLevel, kMemoryLevel),
        inflater(windowBits, keepsContext) {}

  void exchange(const std::string& message) {
    ASSERT_EQ(inflated(inflater, deflated(deflater, message)), message);
  }
  void rest() {
    deflater.rest();
    inflater.rest();
  }

  MessageDeflater deflater;
  MessageInflater inflater;
};

class DeflateMemoryTest : public ::testing::Test {
 protected:
  /// Bytes that each of many connections holds after `use` of it, once the thread keeps its own.
  template <class F>
  std::size_t heldByEach(bool keepsContext, F use, int windowBits = 15) {
    connections.reserve(2 * kConnections);
    std::size_t before = 0;
    for (std::size_t i = 0; i < 2 * kConnections; ++i) {
      if (i == kConnections) before = heap.live;
      connections.push_back(std::make_unique<Both>(keepsContext, windowBits));
      use(*connections.back());
    }
    return (heap.live - before) / kConnections;
  }

  std::vector<std::unique_ptr<Both>> connections;
  const std::string message = someText(100000);
};

TEST_F(DeflateMemoryTest, BeforeTheFirstMessageThereIsNone) {
  const std::size_t before = heap.allocations;
  const Both both(true);
  EXPECT_EQ(heap.allocations, before);
}

TEST_F(DeflateMemoryTest, WithoutContextNoneIsHeldBetweenMessages) {
  EXPECT_LE(heldByEach(false, [&](Both& both) { both.exchange(message); }), sizeof(Both) + 100);
}

TEST_F(DeflateMemoryTest, WithContextItIsHeldUntilARest) {
  EXPECT_GE(heldByEach(true, [&](Both& both) { both.exchange(message); }), 290000u);
}

TEST_F(DeflateMemoryTest, AfterARestTheWindowIsHeld) {
  const std::size_t held = heldByEach(true, [&](Both& both) {
    both.exchange(message);
    both.rest();
  });
  EXPECT_LE(held, 32768 + sizeof(Both) + 100);
}

TEST_F(DeflateMemoryTest, AfterARestASmallWindowIsSmall) {
  const std::size_t held = heldByEach(
      true,
      [&](Both& both) {
        both.exchange(message);
        both.rest();
      },
      10);
  EXPECT_LE(held, 1024 + sizeof(Both) + 100);
}

TEST_F(DeflateMemoryTest, OfAShortMessageTheWindowHasItsSize) {
  const std::size_t held = heldByEach(true, [&](Both& both) {
    both.exchange(someText(600));
    both.rest();
  });
  EXPECT_LE(held, 600 + sizeof(Both) + 100);
}

TEST_F(DeflateMemoryTest, TheThreadKeepsALittle) {
  const std::size_t before = heap.live;
  std::size_t kept = 0;
  std::thread([&] {
    for (std::size_t i = 0; i < kConnections; ++i) {
      connections.push_back(std::make_unique<Both>(true));
      connections.back()->exchange(message);
    }
    connections.clear();
    kept = heap.live - before;
  }).join();
  EXPECT_LE(kept, 900000u);
}

TEST_F(DeflateMemoryTest, SteadyMessagesWithoutContextAllocateNothing) {
  Both both(false);
  both.exchange(message);
  std::string payload;
  std::string out;
  payload.reserve(2 * message.size());
  out.reserve(message.size());
  const std::size_t before = heap.allocations;
  for (int i = 0; i < 20; ++i) {
    payload.clear();
    out.clear();
    both.deflater.deflate(message, true, payload);
    both.inflater.inflate(payload, out, message.size());
    both.inflater.finish(out, message.size());
  }
  EXPECT_EQ(heap.allocations, before);
  EXPECT_EQ(out, message);
}

TEST_F(DeflateMemoryTest, ManyConnectionsShareWhatTheThreadKeeps) {
  for (std::size_t i = 0; i < kConnections; ++i) {
    connections.push_back(std::make_unique<Both>(false));
  }
  connections.front()->exchange(message);
  std::string payload;
  payload.reserve(2 * message.size());
  const std::size_t before = heap.allocations;
  for (const auto& connection : connections) {
    payload.clear();
    connection->deflater.deflate(message, true, payload);
  }
  EXPECT_EQ(heap.allocations, before);
}

TEST_F(DeflateMemoryTest, WhatOneConnectionLeavesBelongsToNoOther) {
  Both first(true);
  first.exchange(message);
  first.rest();
  Both second(true);
  const std::string payload = deflated(second.deflater, message.substr(0, 1000));
  EXPECT_EQ(inflated(payload), message.substr(0, 1000));
}

TEST_F(DeflateMemoryTest, AThreadThatEndsGivesAllBack) {
  const std::size_t before = heap.live;
  std::thread([&] {
    Both both(false);
    both.exchange(message);
  }).join();
  EXPECT_EQ(heap.live, before);
}

TEST_F(DeflateMemoryTest, WhatDiesAfterItsThreadsSparesIsFreed) {
  const std::size_t before = heap.live;
  std::thread([&] {
    static thread_local std::unique_ptr<Both> last;
    last = std::make_unique<Both>(true);
    last->exchange(message);
  }).join();
  EXPECT_EQ(heap.live, before);
}

}  // namespace
}  // namespace couplet
