// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What bounds the buffers of the receivers, and that a steady stream of messages allocates nothing.
// Counts every `new` of this program.
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <couplet/protocols/int_string.h>
#include <couplet/protocols/line.h>
#include <couplet/protocols/netstring.h>
#include <couplet/reactor/testing/string_transport.h>

#include "tests/protocols/support/counted_heap.h"

namespace couplet {
namespace {

template <class Receiver>
class StringCounter : public Receiver {
 public:
  void stringReceived(std::string_view) override { ++count; }
  std::size_t count = 0;
};

template <class Receiver>
class LineCounter : public Receiver {
 public:
  void lineReceived(std::string_view) override { ++count; }
  std::size_t count = 0;
};

/// A receiver and the heap since the conversation began.
template <class Counter>
class Conversation {
 public:
  Conversation() {
    transport.connect(receiver);
    transport.write(std::string(1000, 'x'));  // room in the fake for what is sent
    transport.clear();
    start_ = heap;
    heap.peak = heap.live;
  }

  void receive(std::string_view bytes, std::size_t pieces) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(pieces, bytes.size()))) {
      receiver.dataReceived(bytes.substr(0, pieces));
    }
  }

  std::size_t allocations() const { return heap.allocations - start_.allocations; }
  std::size_t live() const { return heap.live - start_.live; }
  std::size_t peak() const { return heap.peak - start_.live; }

  testing::StringTransport transport;
  Counter receiver;

 private:
  CountedHeap start_;
};

using Netstrings = Conversation<StringCounter<NetstringReceiver>>;
using Int32Strings = Conversation<StringCounter<Int32StringReceiver>>;
using Lines = Conversation<LineCounter<LineReceiver>>;

constexpr std::size_t kRead = 65536;

std::string repeat(std::size_t times, std::string_view text) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

TEST(ReceiverMemoryTest, WholeMessagesAllocateNothing) {
  const std::string netstrings = repeat(1000, "5:hello,");
  Netstrings first;
  first.receive(netstrings, kRead);
  EXPECT_EQ(first.allocations(), 0);
  EXPECT_EQ(first.receiver.count, 1000);

  const std::string lines = repeat(1000, "hello\r\n");
  Lines second;
  second.receive(lines, kRead);
  EXPECT_EQ(second.allocations(), 0);

  const std::string strings = repeat(1000, std::string_view("\0\0\0\5hello", 9));
  Int32Strings third;
  third.receive(strings, kRead);
  EXPECT_EQ(third.allocations(), 0);
}

TEST(ReceiverMemoryTest, SendingAllocatesNothing) {
  Netstrings netstrings;
  Int32Strings strings;
  Lines lines;
  const std::size_t before = heap.allocations;
  netstrings.receiver.sendString("hello");
  strings.receiver.sendString("hello");
  lines.receiver.sendLine("hello");
  EXPECT_EQ(heap.allocations, before);
}

TEST(ReceiverMemoryTest, AnIdleConnectionHoldsNoBuffer) {
  const std::string netstrings = repeat(10, "50000:" + std::string(50000, 'x') + ",");
  Netstrings first;
  first.receive(netstrings, 1000);
  EXPECT_EQ(first.receiver.count, 10);
  EXPECT_EQ(first.live(), 0);

  const std::string lines = repeat(10, std::string(10000, 'x') + "\r\n");
  Lines second;
  second.receive(lines, 1000);
  EXPECT_EQ(second.receiver.count, 10);
  EXPECT_EQ(second.live(), 0);

  const std::string strings = repeat(10, std::string("\0\0\x27\x10", 4) + std::string(10000, 'x'));
  Int32Strings third;
  third.receive(strings, 1000);
  EXPECT_EQ(third.receiver.count, 10);
  EXPECT_EQ(third.live(), 0);
}

TEST(ReceiverMemoryTest, AStringThatComesByteByByteIsMovedFewTimes) {
  const std::string bytes = "99999:" + std::string(99999, 'x') + ",";
  Netstrings with;
  with.receive(bytes, 1);
  EXPECT_EQ(with.receiver.count, 1);
  EXPECT_LT(with.allocations(), 16);
  EXPECT_LT(with.peak(), 200'000);
}

TEST(ReceiverMemoryTest, ALengthAloneTakesNoMemory) {
  Netstrings first;
  first.receive("99999:abc", 3);
  EXPECT_LT(first.peak(), 200);
  Int32Strings second;
  second.receive(std::string_view("\0\1\x86\x9f"
                                  "abc",
                                  7),
                 3);
  EXPECT_LT(second.peak(), 200);
}

TEST(ReceiverMemoryTest, DataAfterAnErrorTakesNoMemory) {
  const std::string garbage(1'000'000, 'x');
  Netstrings first;
  first.receive(garbage, 1000);
  EXPECT_LT(first.peak(), 2000);
  Int32Strings second;
  second.receive(garbage, 1000);
  EXPECT_LT(second.peak(), 2000);
}

TEST(ReceiverMemoryTest, AnEndlessLineIsBoundedByTheLimitAndOneRead) {
  const std::string endless(1'000'000, 'x');
  Lines with;
  with.receive(endless, 16000);
  EXPECT_TRUE(with.transport.disconnecting());
  EXPECT_LT(with.peak(), 3 * 16384 + 16000);
}

TEST(ReceiverMemoryTest, NoBufferIsLeftAfterAMessageInPiecesAndAShortOne) {
  Netstrings with;
  with.receive("90000:" + std::string(50'000, 'x'), kRead);
  with.receive(std::string(40'000, 'x') + ",1:a,", kRead);
  EXPECT_EQ(with.receiver.count, 2u);
  EXPECT_EQ(with.live(), 0);
}

TEST(ReceiverMemoryTest, APauseHoldsOneReadBackAndReturnsItsMemory) {
  const std::string read = repeat(kRead / 8, "5:hello,");
  Netstrings with;
  with.transport.pauseProducing();
  with.receive(read, kRead);
  EXPECT_LE(with.live(), kRead + 32);  // and what heads the block
  with.transport.resumeProducing();
  with.transport.turn();
  EXPECT_EQ(with.receiver.count, kRead / 8);
  EXPECT_EQ(with.live(), 0);
}

}  // namespace
}  // namespace couplet
