// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The writes of a Stream: when they resume, and what becomes of them when the connection goes.
#include "stream_test_base.h"

#include <stdexcept>
#include <string>
#include <vector>

#include <couplet/reactor/producer.h>
#include <couplet/reactor/testing/string_transport.h>

namespace couplet {
namespace {

using testing::assertNoResult;

class StreamWriteTest : public StreamTest {
 protected:
  /// A write that waits, since the peer does not read.
  Deferred<void> waitingWrite() {
    peer.pauseProducing();
    reactor.flush();
    return stream.write(moreThanIsTaken());
  }
  void peerReads() {
    peer.resumeProducing();
    reactor.flush();
  }
};

TEST_F(StreamWriteTest, AWriteArrives) {
  now(stream.write("hello "));
  now(stream.write("world"));
  reactor.flush();
  EXPECT_EQ(peer.value(), "hello world");
}

TEST_F(StreamWriteTest, AWriteFiresAtOnceUpToTheHighMark) {
  peer.pauseProducing();
  for (int i = 0; i < 4; ++i) now(stream.write(std::string(Stream::kHighMark / 4, 'x')));
  auto one = stream.write("x");
  assertNoResult(one);
  std::move(one).discard();
}

TEST_F(StreamWriteTest, AWriteAboveTheHighMarkWaitsUntilAllIsSent) {
  auto sent = waitingWrite();
  reactor.flush();
  assertNoResult(sent);
  peerReads();
  now(std::move(sent));
  EXPECT_EQ(peer.value(), moreThanIsTaken());
}

TEST_F(StreamWriteTest, SeveralWritesMayWait) {
  std::vector<int> fired;
  auto first = waitingWrite().addCallback([&] { fired.push_back(1); });
  auto second = stream.write("second").addCallback([&] { fired.push_back(2); });
  reactor.flush();
  EXPECT_TRUE(fired.empty());
  peerReads();
  EXPECT_EQ(fired, (std::vector{1, 2}));
  EXPECT_EQ(peer.value(), moreThanIsTaken() + "second");
}

TEST_F(StreamWriteTest, AWriteWaitsAgainAfterOneThatWaited) {
  auto first = waitingWrite();
  peerReads();
  now(std::move(first));
  auto second = waitingWrite();
  reactor.flush();
  assertNoResult(second);
  peerReads();
  now(std::move(second));
}

TEST_F(StreamWriteTest, ACoroutineThatWritesMuchNeverHasMuchUnsent) {
  std::size_t written = 0;
  auto writing = [&]() -> Deferred<void> {
    for (; written < 10'000'000; written += 1000) co_await stream.write(std::string(1000, 'x'));
  };
  peer.pauseProducing();
  auto done = writing();
  reactor.flush();
  EXPECT_LT(written, 300'000u);
  peerReads();
  now(std::move(done));
  EXPECT_EQ(peer.value().size(), 10'000'000u);
}

TEST_F(StreamWriteTest, AWriteThatIsCancelledIsSentNevertheless) {
  auto sent = waitingWrite();
  sent.cancel();
  failureOf<CancelledError>(std::move(sent));
  peerReads();
  EXPECT_EQ(peer.value(), moreThanIsTaken());
}

TEST_F(StreamWriteTest, AWriteMayTimeOut) {
  auto sent = waitingWrite().addTimeout(5s, reactor);
  reactor.advance(5s);
  failureOf<TimeoutError>(std::move(sent));
}

TEST_F(StreamWriteTest, AWriteThatWaitsFailsWithTheReasonOfTheLoss) {
  auto sent = waitingWrite();
  resetByPeer();
  failureOf<ConnectionLost>(std::move(sent));
}

TEST_F(StreamWriteTest, AWriteAfterTheLossFailsWithItsReason) {
  resetByPeer();
  failureOf<ConnectionLost>(stream.write("x"));
}

TEST_F(StreamWriteTest, AWriteAfterAnAbortFailsWhenTheConnectionIsLost) {
  stream.abortConnection();
  auto sent = stream.write("x");
  assertNoResult(sent);
  reactor.flush();
  failureOf<ConnectionAborted>(std::move(sent));
}

TEST_F(StreamWriteTest, AWriteAfterLoseConnectionFails) {
  stream.loseConnection();
  failureOf<ConnectionDone>(stream.write("x"));
}

TEST_F(StreamWriteTest, AWriteAfterLoseWriteConnectionFails) {
  stream.loseWriteConnection();
  failureOf<ConnectionDone>(stream.write("x"));
}

TEST_F(StreamWriteTest, ReadingGoesOnAfterLoseWriteConnection) {
  now(stream.write("question"));
  stream.loseWriteConnection();
  reactor.flush();
  EXPECT_TRUE(peer.inputEnded());
  EXPECT_EQ(peer.value(), "question");
}

TEST_F(StreamWriteTest, WritingGoesOnAfterTheEndOfInput) {
  endInput();
  EXPECT_EQ(now(stream.read()), kEnd);
  now(stream.write("answer"));
  reactor.flush();
  EXPECT_EQ(peer.value(), "answer");
  EXPECT_TRUE(stream.connected());
}

TEST_F(StreamWriteTest, AWriteThatWaitsFiresWhenAllIsSentInClosing) {
  auto sent = waitingWrite();
  stream.loseConnection();
  peerReads();
  now(std::move(sent));
  EXPECT_TRUE(peer.lossReason()->check<ConnectionDone>());
}

TEST_F(StreamWriteTest, MoreThanTheCapAbortsTheConnection) {
  peer.pauseProducing();
  auto sent = stream.write(std::string(64 * 1024 * 1024 + 1, 'x'));
  reactor.flush();
  failureOf<WriteBufferFullError>(std::move(sent));
}

TEST_F(StreamWriteTest, MoreWaitingWritesThanTheCapAbortTheConnection) {
  auto first = waitingWrite();
  for (std::size_t i = 1; i < Stream::kMostWritesWaiting; ++i) {
    stream.write("x").addErrback([](const Failure&) {});
  }
  reactor.flush();
  EXPECT_TRUE(stream.connected());
  auto last = stream.write("x");
  reactor.flush();
  failureOf<WriteBufferFullError>(std::move(first));
  failureOf<WriteBufferFullError>(std::move(last));
}

/// A program that answers and does not await its writes is held back as a Protocol is. There are
/// more requests than are kept unread, so that the connection pauses for that, too.
TEST_F(StreamWriteTest, AnswersThatAreNotAwaitedDoNotPileUp) {
  std::size_t answered = 0;
  auto answering = [&]() -> Deferred<void> {
    while (auto request = co_await stream.tryReadUntil("\n")) {
      stream.write(std::string(100'000, 'x'));
      ++answered;
    }
  };
  auto done = answering();
  peer.pauseProducing();
  std::string requests;
  for (int i = 0; i < 100; ++i) requests += std::string(299, 'm') + "\n";
  receive(requests);
  EXPECT_LT(answered, 10u);
  peerReads();
  EXPECT_EQ(answered, 100u);
  std::move(done).discard();
}

TEST(StreamOnAStringTransportTest, AWriteWaitsForTheTransportToAskForMore) {
  testing::StringTransport transport;
  Stream stream;
  StreamProtocol protocol([&](Stream connected) { stream = std::move(connected); });
  transport.connect(protocol);
  transport.setUnsent(Stream::kHighMark + 1);
  auto sent = stream.write("hello");
  assertNoResult(sent);
  transport.producer()->resumeProducing();
  testing::successResultOf(sent);
  EXPECT_EQ(transport.producer(), nullptr);
}

}  // namespace
}  // namespace couplet
