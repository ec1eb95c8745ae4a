// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The end of a Stream: by its destruction, by the peer, by the reactor; from anywhere.
#include "stream_test_base.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <couplet/protocols/line.h>
#include <couplet/reactor/testing/accumulating_protocol.h>
#include <couplet/reactor/testing/pump.h>
#include <couplet/reactor/testing/string_transport.h>

namespace couplet {
namespace {

using testing::assertNoResult;

class StreamCloseTest : public StreamTest {};

// Destruction

TEST_F(StreamCloseTest, DestroyingItSendsWhatWasWrittenAndCloses) {
  stream.write("farewell");
  stream = Stream();
  reactor.flush();
  EXPECT_EQ(peer.value(), "farewell");
  EXPECT_TRUE(peer.lossReason()->check<ConnectionDone>());
}

TEST_F(StreamCloseTest, DestroyingItInAWriteThatWaitsSendsThatToo) {
  peer.pauseProducing();
  auto sent = stream.write(moreThanIsTaken());
  stream = Stream();
  failureOf<AbandonedError>(std::move(sent));
  peer.resumeProducing();
  reactor.flush();
  EXPECT_EQ(peer.value(), moreThanIsTaken());
  EXPECT_TRUE(peer.lossReason()->check<ConnectionDone>());
}

TEST_F(StreamCloseTest, DestroyingItGivesUpTheReadThatWaits) {
  auto bytes = stream.read();
  stream = Stream();
  failureOf<AbandonedError>(std::move(bytes));
}

TEST_F(StreamCloseTest, DestroyingItFromTheReadThatWaitedIsHarmless) {
  auto done = stream.readExactly(2).addCallback([&](const std::string&) { stream = Stream(); });
  receive("hello");
  now(std::move(done));
  EXPECT_TRUE(peer.lossReason()->check<ConnectionDone>());
}

TEST_F(StreamCloseTest, DestroyingItFromAWriteThatWaitedIsHarmless) {
  peer.pauseProducing();
  auto first = stream.write(moreThanIsTaken()).addCallback([&] { stream = Stream(); });
  auto second = stream.write("x");
  peer.resumeProducing();
  reactor.flush();
  now(std::move(first));
  now(std::move(second));
  EXPECT_EQ(peer.value(), moreThanIsTaken() + "x");
}

TEST_F(StreamCloseTest, DestroyingItFromTheLossIsHarmless) {
  auto bytes = stream.read().addErrback([&](const Failure&) -> std::optional<std::string> {
    stream = Stream();
    return kEnd;
  });
  resetByPeer();
  EXPECT_EQ(now(std::move(bytes)), kEnd);
}

TEST_F(StreamCloseTest, ACoroutineThatOwnsItClosesItWhereItEnds) {
  auto greeting = [](Stream stream) -> Deferred<void> {
    co_await stream.readUntil("\n");
    co_await stream.write("hello\n");
  };
  auto done = greeting(std::move(stream));
  receive("who is there?\nand more");
  now(std::move(done));
  EXPECT_EQ(peer.value(), "hello\n");
  EXPECT_TRUE(peer.lossReason()->check<ConnectionDone>());
}

TEST_F(StreamCloseTest, ACoroutineThatIsDiscardedClosesWhatItOwns) {
  auto reading = [](Stream stream) -> Deferred<void> { co_await stream.read(); };
  auto done = reading(std::move(stream));
  std::move(done).discard();
  reactor.flush();
  EXPECT_TRUE(peer.lossReason()->check<ConnectionDone>());
}

TEST_F(StreamCloseTest, AMovedStreamGoesOn) {
  Stream moved = std::move(stream);
  EXPECT_FALSE(stream);
  receive("hello");
  EXPECT_EQ(now(moved.read()), "hello");
}

TEST_F(StreamCloseTest, AStreamMovesWhileAReadWaits) {
  auto bytes = stream.read();
  Stream moved = std::move(stream);
  receive("hello");
  EXPECT_EQ(now(std::move(bytes)), "hello");
}

// Closing

TEST_F(StreamCloseTest, LoseConnectionSendsWhatWasWritten) {
  stream.write("farewell");
  stream.loseConnection();
  EXPECT_FALSE(stream.connected());
  reactor.flush();
  EXPECT_EQ(peer.value(), "farewell");
  EXPECT_TRUE(peer.lossReason()->check<ConnectionDone>());
}

TEST_F(StreamCloseTest, AbortConnectionDropsWhatWasWritten) {
  auto bytes = stream.read();
  stream.write("farewell");
  stream.abortConnection();
  assertNoResult(bytes);
  reactor.flush();
  EXPECT_EQ(peer.value(), "");
  EXPECT_TRUE(peer.lossReason()->check<ConnectionLost>());
  failureOf<ConnectionAborted>(std::move(bytes));
}

TEST_F(StreamCloseTest, ClosingAgainDoesNothing) {
  stream.loseConnection();
  stream.loseWriteConnection();
  reactor.flush();
  stream.loseConnection();
  stream.abortConnection();
  EXPECT_EQ(now(stream.read()), kEnd);
}

TEST_F(StreamCloseTest, AConnectionWhoseEndsBothFinishedIsDone) {
  stream.loseWriteConnection();
  endInput();
  EXPECT_FALSE(stream.connected());
  EXPECT_TRUE(peer.lossReason()->check<ConnectionDone>());
}

TEST_F(StreamCloseTest, KnowsBothEndsWhenTheConnectionIsGone) {
  const Address host = stream.getHost();
  const Address peerAddress = stream.getPeer();
  EXPECT_EQ(host.port, listener.getHost().port);
  resetByPeer();
  reactor.flush();
  EXPECT_EQ(stream.getHost(), host);
  EXPECT_EQ(stream.getPeer(), peerAddress);
}

// The reactor

TEST(StreamReactorTest, StoppingFailsAReadThatWaits) {
  testing::MemoryReactor reactor;
  StreamListener listener = listenStream(reactor, 0);
  testing::MemoryPeer peer = reactor.tcpServers().at(0).connect();
  std::string heard;
  auto reading = [&]() -> Deferred<void> {
    Stream stream = co_await listener.accept();
    while (auto bytes = co_await stream.read()) heard += *bytes;
  };
  auto done = reading();
  peer.write("hello");
  reactor.callLater(1s, [&] { reactor.stop(); });
  reactor.run();
  testing::failureResultOf<ConnectionLost>(done);
  EXPECT_EQ(heard, "hello");
  EXPECT_TRUE(peer.lossReason()->check<ConnectionDone>());
}

TEST(StreamReactorTest, AReadMayStopTheReactor) {
  testing::MemoryReactor reactor;
  StreamListener listener = listenStream(reactor, 0);
  testing::MemoryPeer peer = reactor.tcpServers().at(0).connect();
  auto reading = [&]() -> Deferred<void> {
    Stream stream = co_await listener.accept();
    co_await stream.readUntil("\n");
    reactor.stop();
    co_await stream.write("stopped\n");
  };
  auto done = reading();
  peer.write("stop\nplease");
  reactor.run();
  testing::successResultOf(done);
  EXPECT_EQ(peer.value(), "stopped\n");
}

class StreamAfterItsReactorTest : public ::testing::Test {
 protected:
  StreamAfterItsReactorTest() {
    auto accepted = listener.accept();
    testing::MemoryPeer peer = reactor->tcpServers().at(0).connect();
    reactor->flush();
    stream = testing::successResultOf(accepted);
    peer.write("last words");
    reactor->flush();
  }

  std::unique_ptr<testing::MemoryReactor> reactor = std::make_unique<testing::MemoryReactor>();
  StreamListener listener = listenStream(*reactor, 0);
  Stream stream;
};

TEST_F(StreamAfterItsReactorTest, IsInactiveAndHarmless) {
  reactor.reset();
  EXPECT_FALSE(stream.connected());
  EXPECT_EQ(testing::successResultOf(stream.read()), "last words");
  testing::failureResultOf<ConnectionAborted>(stream.read());
  testing::failureResultOf<ConnectionAborted>(stream.write("x"));
  stream.setTcpNoDelay(true);
  stream.loseConnection();
  EXPECT_FALSE(testing::successResultOf(listener.accept()));
}

TEST_F(StreamAfterItsReactorTest, AReadThatWaitsFails) {
  auto bytes = stream.readExactly(100);
  reactor.reset();
  testing::failureResultOf<ConnectionAborted>(bytes);
}

TEST_F(StreamAfterItsReactorTest, ACoroutineThatNobodyHoldsIsNotLeftBehind) {
  auto reading = [](Stream owned) -> Deferred<void> {
    while (co_await owned.read()) {
    }
  };
  reading(std::move(stream)).addErrback([](const Failure& failure) {
    EXPECT_TRUE(failure.check<ConnectionAborted>());
  });
  reactor.reset();
}

// Taking over from a protocol

/// Hands over to a Stream at the line "stream".
class Upgrading : public LineReceiver {
 public:
  explicit Upgrading(Stream& stream) : stream_(stream) {}
  void lineReceived(std::string_view line) override {
    if (line != "stream") return sendLine(line);
    const std::string rest = takeUnparsed();
    stream_ = Stream(transport(), rest);
  }

 private:
  Stream& stream_;
};

TEST(StreamTakeOverTest, WhatTheProtocolLeftIsReadFirst) {
  Stream stream;
  auto client = std::make_unique<testing::AccumulatingProtocol>();
  testing::AccumulatingProtocol& heard = *client;
  testing::Pump pump(std::make_unique<Upgrading>(stream), std::move(client));
  heard.transport().write("hello\r\nstream\r\nthe rest");
  pump.flush();
  heard.transport().write(" and more");
  pump.flush();
  EXPECT_EQ(heard.data(), "hello\r\n");
  EXPECT_EQ(testing::successResultOf(stream.read()), "the rest and more");
  testing::successResultOf(stream.write("goodbye"));
  pump.flush();
  EXPECT_EQ(heard.data(), "hello\r\ngoodbye");
  stream = Stream();
  pump.flush();
  EXPECT_TRUE(pump.clientLost()->check<ConnectionDone>());
}

TEST(StreamTakeOverTest, OfALostConnectionIsInactive) {
  testing::StringTransport transport;
  testing::AccumulatingProtocol protocol;
  transport.connect(protocol);
  transport.abortConnection();
  transport.turn();
  Stream stream(transport, "rest");
  EXPECT_EQ(testing::successResultOf(stream.read()), "rest");
  testing::failureResultOf<ConnectionLost>(stream.read());
}

TEST(StreamTakeOverTest, OfAPausedConnectionGoesOnReading) {
  testing::StringTransport transport;
  transport.pauseProducing();
  Stream stream(transport);
  auto bytes = stream.read();
  EXPECT_FALSE(transport.paused());
  std::move(bytes).discard();
}

TEST(StreamTakeOverTest, AWriteThatWaitsHearsOfItAndIsNoProducerAnyMore) {
  testing::StringTransport transport;
  Stream first(transport);
  transport.setUnsent(100'000);
  auto written = first.write("much");
  ASSERT_NE(transport.producer(), nullptr);
  Stream second(transport);
  transport.turn();
  testing::failureResultOf<ConnectionAborted>(written);
  EXPECT_EQ(transport.producer(), nullptr);
}

TEST(StreamTakeOverTest, AStreamWhoseConnectionIsTakenOverIsInactive) {
  testing::StringTransport transport;
  Stream first(transport);
  auto bytes = first.read();
  Stream second(transport);
  transport.turn();
  testing::failureResultOf<ConnectionAborted>(bytes);
  testing::failureResultOf<ConnectionAborted>(first.write("x"));
  testing::successResultOf(second.write("hello"));
  EXPECT_EQ(transport.value(), "hello");
}

}  // namespace
}  // namespace couplet
