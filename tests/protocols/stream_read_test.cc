// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The reads of a Stream: what each takes, what it gets at the end, and what is left for the next.
#include "stream_test_base.h"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <couplet/protocols/testing/gtest_every_cut.h>
#include <couplet/reactor/testing/string_transport.h>

namespace couplet {
namespace {

using testing::assertNoResult;

class StreamReadTest : public StreamTest {};

// read

TEST_F(StreamReadTest, ReadGivesWhatComes) {
  auto bytes = stream.read();
  assertNoResult(bytes);
  receive("hello");
  EXPECT_EQ(now(std::move(bytes)), "hello");
}

TEST_F(StreamReadTest, ReadGivesAllThatCameBefore) {
  receive("hello ");
  receive("world");
  EXPECT_EQ(now(stream.read()), "hello world");
}

TEST_F(StreamReadTest, ReadGivesAtMostWhatIsAskedFor) {
  receive("hello");
  EXPECT_EQ(now(stream.read(2)), "he");
  EXPECT_EQ(now(stream.read(2)), "ll");
  EXPECT_EQ(now(stream.read(2)), "o");
}

TEST_F(StreamReadTest, ReadThatWaitedGivesAtMostWhatIsAskedForToo) {
  auto bytes = stream.read(2);
  receive("hello");
  EXPECT_EQ(now(std::move(bytes)), "he");
  EXPECT_EQ(now(stream.read()), "llo");
}

TEST_F(StreamReadTest, ReadOfNothingIsAnError) {
  EXPECT_THROW((void)stream.read(0), std::invalid_argument);
}

TEST_F(StreamReadTest, ReadGivesNothingAtTheEndEveryTime) {
  receive("hello");
  endInput();
  EXPECT_EQ(now(stream.read()), "hello");
  EXPECT_EQ(now(stream.read()), kEnd);
  EXPECT_EQ(now(stream.read()), kEnd);
}

TEST_F(StreamReadTest, ReadThatWaitsHearsOfTheEnd) {
  auto bytes = stream.read();
  endInput();
  EXPECT_EQ(now(std::move(bytes)), kEnd);
}

TEST_F(StreamReadTest, ReadTakesAConnectionThatIsDoneForTheEnd) {
  auto bytes = stream.read();
  stream.loseConnection();
  reactor.flush();
  EXPECT_EQ(now(std::move(bytes)), kEnd);
}

TEST_F(StreamReadTest, ReadsInALoopSeeEachByteOnce) {
  std::string heard;
  auto reading = [&]() -> Deferred<void> {
    while (auto bytes = co_await stream.read()) heard += *bytes;
    heard += '.';
  };
  auto done = reading();
  receive("bytes are ");
  receive("not messages");
  endInput();
  now(std::move(done));
  EXPECT_EQ(heard, "bytes are not messages.");
}

// readExactly

TEST_F(StreamReadTest, ReadExactlyWaitsForAllOfThem) {
  auto bytes = stream.readExactly(5);
  receive("hel");
  assertNoResult(bytes);
  receive("lo world");
  EXPECT_EQ(now(std::move(bytes)), "hello");
  EXPECT_EQ(now(stream.read()), " world");
}

TEST_F(StreamReadTest, ReadExactlyOfNoBytesNeedsNone) { EXPECT_EQ(now(stream.readExactly(0)), ""); }

TEST_F(StreamReadTest, ReadExactlySaysHowMuchThereWasAtTheEnd) {
  receive("hel");
  endInput();
  const Failure failure = failureOf<IncompleteReadError>(stream.readExactly(5));
  EXPECT_EQ(failure.message(), "The input ended with 3 bytes where 5 bytes was to come.");
  EXPECT_EQ(failure.get<IncompleteReadError>()->available(), 3u);
}

TEST_F(StreamReadTest, ReadExactlyLeavesWhatThereWasAtTheEnd) {
  auto bytes = stream.readExactly(5);
  receive("hel");
  endInput();
  failureOf<IncompleteReadError>(std::move(bytes));
  EXPECT_EQ(now(stream.read()), "hel");
  EXPECT_EQ(now(stream.read()), kEnd);
}

TEST_F(StreamReadTest, ReadExactlyAtACleanEndHadNothing) {
  endInput();
  const Failure failure = failureOf<IncompleteReadError>(stream.readExactly(5));
  EXPECT_EQ(failure.get<IncompleteReadError>()->available(), 0u);
}

TEST_F(StreamReadTest, ReadExactlyOfMoreThanIsKeptUnread) {
  const std::string poem(5 * Stream::kMostUnread + 1, 'p');
  auto bytes = stream.readExactly(poem.size());
  receive(poem);
  EXPECT_EQ(now(std::move(bytes)), poem);
}

// readUntil

TEST_F(StreamReadTest, ReadUntilGivesWhatComesBefore) {
  auto line = stream.readUntil("\r\n");
  receive("one\r");
  assertNoResult(line);
  receive("\ntwo");
  EXPECT_EQ(now(std::move(line)), "one");
  EXPECT_EQ(now(stream.read()), "two");
}

TEST_F(StreamReadTest, ReadUntilTakesOneOfSeveral) {
  receive("a,b,,");
  EXPECT_EQ(now(stream.readUntil(",")), "a");
  EXPECT_EQ(now(stream.readUntil(",")), "b");
  EXPECT_EQ(now(stream.readUntil(",")), "");
}

TEST_F(StreamReadTest, ReadUntilTakesADelimiterRightAtTheLimit) {
  receive("12345--");
  EXPECT_EQ(now(stream.readUntil("--", 5)), "12345");
}

TEST_F(StreamReadTest, ReadUntilRefusesADelimiterPastTheLimit) {
  receive("123456--");
  const Failure failure = failureOf<ReadLimitError>(stream.readUntil("--", 5));
  EXPECT_EQ(failure.message(), "No delimiter came within 5 bytes.");
  EXPECT_EQ(now(stream.read()), "123456--");
}

TEST_F(StreamReadTest, ReadUntilRefusesAsSoonAsNoDelimiterCanCome) {
  auto line = stream.readUntil("--", 5);
  receive("123456");
  assertNoResult(line);
  receive("7");
  failureOf<ReadLimitError>(std::move(line));
}

TEST_F(StreamReadTest, ReadUntilHasALimitUnlessItIsTold) {
  auto line = stream.readUntil("\n");
  receive(std::string(Stream::kUntilLimit + 1, 'x'));
  failureOf<ReadLimitError>(std::move(line));
}

TEST_F(StreamReadTest, ReadUntilMayGoWithoutALimit) {
  auto line = stream.readUntil("\n", SIZE_MAX);
  receive(std::string(2 * Stream::kUntilLimit, 'x'));
  assertNoResult(line);
  receive("\n");
  EXPECT_EQ(now(std::move(line)).size(), 2 * Stream::kUntilLimit);
}

TEST_F(StreamReadTest, ReadUntilLeavesWhatThereWasAtTheEnd) {
  auto line = stream.readUntil("\n");
  receive("half a li");
  endInput();
  const Failure failure = failureOf<IncompleteReadError>(std::move(line));
  EXPECT_EQ(failure.message(), "The input ended with 9 bytes where a delimiter was to come.");
  EXPECT_EQ(now(stream.read()), "half a li");
}

TEST_F(StreamReadTest, ReadUntilNeedsADelimiter) {
  EXPECT_THROW((void)stream.readUntil(""), std::invalid_argument);
}

// tryReadExactly, tryReadUntil

TEST_F(StreamReadTest, TheTryingReadsGiveWhatTheOthersGive) {
  auto bytes = stream.tryReadExactly(5);
  receive("hel");
  assertNoResult(bytes);
  receive("lo world\nand more");
  EXPECT_EQ(now(std::move(bytes)), "hello");
  EXPECT_EQ(now(stream.tryReadUntil("\n")), " world");
  EXPECT_EQ(now(stream.tryReadExactly(3)), "and");
}

TEST_F(StreamReadTest, TheTryingReadsGiveNothingAtAnEndBetweenMessages) {
  endInput();
  EXPECT_EQ(now(stream.tryReadUntil("\n")), kEnd);
  EXPECT_EQ(now(stream.tryReadExactly(5)), kEnd);
}

TEST_F(StreamReadTest, TheTryingReadsFailAtAnEndInMidMessage) {
  receive("half");
  endInput();
  failureOf<IncompleteReadError>(stream.tryReadUntil("\n"));
  failureOf<IncompleteReadError>(stream.tryReadExactly(5));
  EXPECT_EQ(now(stream.tryReadExactly(4)), "half");
}

TEST_F(StreamReadTest, TheTryingReadsFailWithTheReasonOfTheLoss) {
  resetByPeer();
  failureOf<ConnectionLost>(stream.tryReadUntil("\n"));
  failureOf<ConnectionLost>(stream.tryReadExactly(5));
}

TEST_F(StreamReadTest, TryReadUntilHasALimitToo) {
  receive("123456--");
  failureOf<ReadLimitError>(stream.tryReadUntil("--", 5));
}

// One at a time, and giving up

TEST_F(StreamReadTest, ASecondReadWhileOneWaitsIsAnError) {
  auto first = stream.read();
  EXPECT_THROW((void)stream.read(), std::logic_error);
  EXPECT_THROW((void)stream.readExactly(1), std::logic_error);
  EXPECT_THROW((void)stream.readUntil("\n"), std::logic_error);
  EXPECT_THROW((void)stream.tryReadUntil("\n"), std::logic_error);
  receive("x");
  EXPECT_EQ(now(std::move(first)), "x");
}

TEST_F(StreamReadTest, AReadThatIsCancelledLosesNothing) {
  auto first = stream.readExactly(5);
  receive("hel");
  first.cancel();
  failureOf<CancelledError>(std::move(first));
  receive("lo");
  EXPECT_EQ(now(stream.read()), "hello");
}

TEST_F(StreamReadTest, AReadThatTimesOutLosesNothing) {
  auto first = stream.readUntil("\n").addTimeout(5s, reactor);
  receive("hel");
  reactor.advance(5s);
  failureOf<TimeoutError>(std::move(first));
  auto second = stream.readUntil("\n");
  receive("lo\n");
  EXPECT_EQ(now(std::move(second)), "hello");
}

TEST_F(StreamReadTest, AReadThatIsDiscardedLosesNothing) {
  stream.read().discard();
  receive("hello");
  EXPECT_EQ(now(stream.read()), "hello");
}

TEST_F(StreamReadTest, ACoroutineThatIsDiscardedLeavesTheStreamToOthers) {
  auto reading = [&]() -> Deferred<void> { co_await stream.readExactly(5); };
  auto first = reading();
  receive("hel");
  std::move(first).discard();
  receive("lo");
  EXPECT_EQ(now(stream.read()), "hello");
}

// A connection that breaks

TEST_F(StreamReadTest, EachReadThatWaitsFailsWithTheReasonOfTheLoss) {
  auto bytes = stream.read();
  resetByPeer();
  failureOf<ConnectionLost>(std::move(bytes));
  failureOf<ConnectionLost>(stream.read());
  failureOf<ConnectionLost>(stream.readExactly(1));
  failureOf<ConnectionLost>(stream.readUntil("\n"));
}

TEST_F(StreamReadTest, WhatCameBeforeTheLossIsReadFirst) {
  receive("last words");
  resetByPeer();
  EXPECT_EQ(now(stream.readUntil(" ")), "last");
  failureOf<ConnectionLost>(stream.readExactly(6));
  EXPECT_EQ(now(stream.read()), "words");
  failureOf<ConnectionLost>(stream.read());
}

TEST_F(StreamReadTest, AnEndThatWasThereStaysACleanOne) {
  endInput();
  resetByPeer();
  EXPECT_EQ(now(stream.read()), kEnd);
}

TEST_F(StreamReadTest, AnEmptyStreamCannotBeUsed) {
  Stream none;
  EXPECT_FALSE(none);
  EXPECT_FALSE(none.connected());
  EXPECT_THROW((void)none.read(), std::logic_error);
  EXPECT_THROW((void)none.write("x"), std::logic_error);
  EXPECT_THROW(none.loseConnection(), std::logic_error);
}

// Memory

TEST_F(StreamReadTest, WhatNobodyReadsPausesTheConnection) {
  const std::string flood(10'000'000, 'x');
  receive(flood);
  std::size_t kept = now(stream.read())->size();
  EXPECT_GE(kept, Stream::kMostUnread);
  EXPECT_LE(kept, Stream::kMostUnread + testing::MemoryReactorOptions().cut);
}

TEST_F(StreamReadTest, AFloodIsReadWholeAfterAPause) {
  receive(std::string(1'000'000, 'x'));
  endInput();
  std::size_t size = 0;
  auto reading = [&]() -> Deferred<void> {
    while (auto bytes = co_await stream.read(1000)) size += bytes->size();
  };
  auto done = reading();
  reactor.flush();
  now(std::move(done));
  EXPECT_EQ(size, 1'000'000u);
}

TEST_F(StreamReadTest, ACancelledReadDoesNotKeepTheConnectionOpenToAFlood) {
  auto all = stream.readExactly(10'000'000);
  all.cancel();
  failureOf<CancelledError>(std::move(all));
  receive(std::string(10'000'000, 'x'));
  EXPECT_LE(now(stream.read())->size(), Stream::kMostUnread + testing::MemoryReactorOptions().cut);
}

TEST_F(StreamReadTest, AResetIsNoticedInAPause) {
  receive(std::string(100'000, 'x'));
  resetByPeer();
  EXPECT_FALSE(stream.connected());
}

TEST_F(StreamReadTest, TheEndOfInputComesAfterAPause) {
  receive(std::string(100'000, 'x'));
  endInput();
  auto all = stream.readExactly(100'001);
  reactor.flush();
  const Failure failure = failureOf<IncompleteReadError>(std::move(all));
  EXPECT_EQ(failure.get<IncompleteReadError>()->available(), 100'000u);
}

/// Reads served from what was received take no turn of the loop, and the stack does not grow.
TEST_F(StreamReadTest, ManySmallReadsAreServedWithoutTheLoop) {
  std::size_t count = 0;
  auto reading = [&]() -> Deferred<void> {
    while (auto byte = co_await stream.tryReadExactly(1)) count += byte->size();
  };
  auto done = reading();
  peer.write(std::string(64'000, 'x'));
  while (count == 0) reactor.turn();
  EXPECT_EQ(count, 64'000u);
  std::move(done).discard();
}

// At every cut

/// What is heard by `listen`, a coroutine that records, on a transport that gives these pieces.
template <class Listen>
auto hearing(Listen listen) {
  return [listen](const testing::Chunks& chunks) {
    std::vector<std::string> heard;
    Deferred<void> listening;
    testing::StringTransport transport;
    StreamProtocol protocol([&](Stream stream) {
      listening = listen(std::move(stream), heard).addErrback([&heard](const Failure& failure) {
        heard.push_back(failure.message());
      });
    });
    transport.connect(protocol);
    for (const std::string_view chunk : chunks) protocol.dataReceived(chunk);
    protocol.readConnectionLost();
    transport.turn();
    return heard;
  };
}

Deferred<void> readLines(Stream stream, std::vector<std::string>& heard) {
  while (auto line = co_await stream.tryReadUntil("\r\n", 12)) heard.push_back(*line);
}

TEST(StreamCutsTest, LinesAreTheSameAtEveryCut) {
  EXPECT_TRUE(testing::sameAtEveryCut("one\r\ntwo\r\r\n\r\nand a half", hearing(readLines)));
}

TEST(StreamCutsTest, ALineThatIsTooLongIsTheSameAtEveryCut) {
  EXPECT_TRUE(
      testing::sameAtEveryCut("ok\r\n123456789012\r\n1234567890123\r\nx\r\n", hearing(readLines)));
}

TEST(StreamCutsTest, ADelimiterThatBeginsTwiceIsTheSameAtEveryCut) {
  EXPECT_TRUE(testing::sameAtEveryCut(
      "xaaabyaab-aaab",
      hearing([](Stream stream, std::vector<std::string>& heard) -> Deferred<void> {
        while (auto part = co_await stream.tryReadUntil("aab")) heard.push_back(*part);
      })));
}

TEST(StreamCutsTest, NetstringsAreTheSameAtEveryCut) {
  EXPECT_TRUE(testing::sameAtEveryCut(
      "5:hello,0:,12:hello, world,3:ab",
      hearing([](Stream stream, std::vector<std::string>& heard) -> Deferred<void> {
        while (auto length = co_await stream.tryReadUntil(":", 5)) {
          heard.push_back(co_await stream.readExactly(std::stoul(*length)));
          co_await stream.readExactly(1);
        }
      })));
}

}  // namespace
}  // namespace couplet
