// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Accepting and connecting streams.
#include "stream_test_base.h"

#include <stdexcept>
#include <string>
#include <vector>

namespace couplet {
namespace {

using testing::assertNoResult;
using testing::MemoryPeer;
using testing::MemoryReactor;

class StreamListenerTest : public ::testing::Test {
 protected:
  MemoryPeer connect() {
    MemoryPeer peer = reactor.tcpServers().at(0).connect();
    reactor.flush();
    return peer;
  }
  /// What is accepted, when it is there already.
  Stream accepted() { return testing::successResultOf(listener->accept()); }

  MemoryReactor reactor;
  std::optional<StreamListener> listener = listenStream(reactor, 0, {.backlog = 2});
};

TEST_F(StreamListenerTest, AcceptWaitsForAConnection) {
  auto stream = listener->accept();
  assertNoResult(stream);
  MemoryPeer peer = connect();
  testing::successResultOf(stream).write("hello");
  reactor.flush();
  EXPECT_EQ(peer.value(), "hello");
}

TEST_F(StreamListenerTest, AcceptGivesConnectionsInTheirOrder) {
  MemoryPeer first = connect();
  MemoryPeer second = connect();
  accepted().write("1");
  accepted().write("2");
  reactor.flush();
  EXPECT_EQ(first.value(), "1");
  EXPECT_EQ(second.value(), "2");
}

TEST_F(StreamListenerTest, ASecondAcceptWhileOneWaitsIsAnError) {
  auto first = listener->accept();
  EXPECT_THROW((void)listener->accept(), std::logic_error);
  std::move(first).discard();
}

TEST_F(StreamListenerTest, AnAcceptThatIsCancelledLosesNoConnection) {
  auto first = listener->accept();
  first.cancel();
  testing::failureResultOf<CancelledError>(first);
  connect();
  EXPECT_TRUE(accepted());
}

TEST_F(StreamListenerTest, AnAcceptMayTimeOut) {
  auto stream = listener->accept().addTimeout(5s, reactor);
  reactor.advance(5s);
  testing::failureResultOf<TimeoutError>(stream);
}

TEST_F(StreamListenerTest, ConnectionsPastTheBacklogAreClosedAtOnce) {
  MemoryPeer first = connect();
  MemoryPeer second = connect();
  MemoryPeer third = connect();
  EXPECT_TRUE(third.lossReason()->check<ConnectionDone>());
  EXPECT_TRUE(first.connected());
  Stream stream = accepted();
  MemoryPeer fourth = connect();
  EXPECT_TRUE(fourth.connected());
}

TEST_F(StreamListenerTest, SaysOnceThatItIsFullUntilAllAreAccepted) {
  auto warned = [this] {
    ::testing::internal::CaptureStderr();
    connect();
    return !::testing::internal::GetCapturedStderr().empty();
  };
  EXPECT_FALSE(warned());
  EXPECT_FALSE(warned());
  EXPECT_TRUE(warned());
  EXPECT_FALSE(warned());
  Stream first = accepted();
  EXPECT_FALSE(warned());
  EXPECT_FALSE(warned());
  Stream second = accepted();
  Stream third = accepted();
  auto fourth = listener->accept();
  EXPECT_FALSE(warned());
  EXPECT_FALSE(warned());
  EXPECT_FALSE(warned());
  EXPECT_TRUE(warned());
}

TEST_F(StreamListenerTest, OfAConnectionThatWaitsNothingIsRead) {
  MemoryPeer peer = connect();
  peer.write(std::string(10'000'000, 'x'));
  reactor.flush();
  Stream stream = accepted();
  auto bytes = stream.read();
  assertNoResult(bytes);
  reactor.flush();
  EXPECT_GT(testing::successResultOf(bytes)->size(), 0u);
}

TEST_F(StreamListenerTest, AConnectionThatIsLostWhileItWaitsIsGivenNevertheless) {
  MemoryPeer peer = connect();
  peer.abortConnection();
  reactor.flush();
  Stream stream = accepted();
  testing::failureResultOf<ConnectionLost>(stream.read());
}

TEST_F(StreamListenerTest, ClosingEndsTheAcceptThatWaits) {
  auto stream = listener->accept();
  listener->close();
  EXPECT_FALSE(testing::successResultOf(stream));
  EXPECT_FALSE(accepted());
  EXPECT_FALSE(reactor.tcpServers().at(0).listening());
}

TEST_F(StreamListenerTest, ClosingClosesConnectionsThatWait) {
  MemoryPeer peer = connect();
  listener->close();
  reactor.flush();
  EXPECT_TRUE(peer.lossReason()->check<ConnectionDone>());
}

TEST_F(StreamListenerTest, ClosingLeavesAcceptedConnections) {
  MemoryPeer peer = connect();
  Stream stream = accepted();
  listener->close();
  reactor.flush();
  EXPECT_TRUE(peer.connected());
}

TEST_F(StreamListenerTest, DestroyingItEndsTheAcceptThatWaits) {
  auto stream = listener->accept();
  listener.reset();
  EXPECT_FALSE(testing::successResultOf(stream));
  EXPECT_FALSE(reactor.tcpServers().at(0).listening());
}

TEST_F(StreamListenerTest, DestroyingItFromAnAcceptIsHarmless) {
  auto done = listener->accept().addCallback([&](Stream stream) {
    listener.reset();
    stream.write("the last one");
  });
  MemoryPeer peer = connect();
  testing::successResultOf(done);
  EXPECT_EQ(peer.value(), "the last one");
}

TEST_F(StreamListenerTest, DestroyingItFromTheEndOfAnAcceptIsHarmless) {
  auto done = listener->accept().addCallback([&](Stream) { listener.reset(); });
  listener->close();
  testing::successResultOf(done);
}

TEST_F(StreamListenerTest, AReactorThatStopsEndsTheAcceptThatWaits) {
  auto stream = listener->accept();
  reactor.callLater(1s, [&] { reactor.stop(); });
  reactor.run();
  EXPECT_FALSE(testing::successResultOf(stream));
}

TEST_F(StreamListenerTest, AnAcceptThatIsDroppedClosesWhatItWouldGive) {
  { auto dropped = listener->accept(); }
  MemoryPeer peer = connect();
  reactor.flush();
  EXPECT_TRUE(peer.lossReason()->check<ConnectionDone>());
}

TEST_F(StreamListenerTest, AMovedFromListenerCannotBeUsed) {
  StreamListener moved = std::move(*listener);
  EXPECT_THROW((void)listener->accept(), std::logic_error);
  EXPECT_EQ(moved.getHost().port, reactor.tcpServers().at(0).port);
}

TEST_F(StreamListenerTest, APortThatIsTakenIsAnError) {
  EXPECT_THROW(listenStream(reactor, listener->getHost().port), CannotListenError);
}

/// One coroutine for each connection, all of them ended with their owner.
TEST_F(StreamListenerTest, ManyConversationsRunAtOnceAndEndTogether) {
  RunningWork conversations;
  auto echo = [](Stream stream) -> Deferred<void> {
    while (auto bytes = co_await stream.read()) co_await stream.write(*bytes);
  };
  auto serve = [&]() -> Deferred<void> {
    while (Stream stream = co_await listener->accept()) conversations.add(echo(std::move(stream)));
  };
  conversations.add(serve());
  std::vector<MemoryPeer> peers;
  for (int i = 0; i < 100; ++i) peers.push_back(connect());
  for (MemoryPeer& peer : peers) peer.write("hello");
  reactor.flush();
  EXPECT_EQ(conversations.size(), 101u);
  conversations.discard();
  reactor.flush();
  for (MemoryPeer& peer : peers) {
    EXPECT_EQ(peer.value(), "hello");
    EXPECT_TRUE(peer.lossReason()->check<ConnectionDone>());
  }
}

// connectStream

class ConnectStreamTest : public ::testing::Test {
 protected:
  const testing::MemoryClient& client() { return reactor.tcpClients().at(0); }

  MemoryReactor reactor;
};

TEST_F(ConnectStreamTest, GivesAStreamWhenTheConnectionStands) {
  auto stream = connectStream(reactor, "poems.example", 10000);
  assertNoResult(stream);
  MemoryPeer server = client().succeed();
  server.write("my lovely poem");
  server.loseConnection();
  reactor.flush();
  Stream poem = testing::successResultOf(stream);
  EXPECT_EQ(testing::successResultOf(poem.read()), "my lovely poem");
  EXPECT_EQ(testing::successResultOf(poem.read()), kEnd);
}

TEST_F(ConnectStreamTest, FailsWithTheReason) {
  auto stream = connectStream(reactor, "poems.example", 10000);
  client().fail(ConnectionRefusedError());
  reactor.flush();
  testing::failureResultOf<ConnectionRefusedError>(stream);
}

TEST_F(ConnectStreamTest, HasATimeout) {
  auto stream = connectStream(reactor, "poems.example", 10000, {.timeout = 5s});
  reactor.advance(5s);
  testing::failureResultOf<ConnectTimeoutError>(stream);
}

TEST_F(ConnectStreamTest, CancellingGivesTheAttemptUp) {
  auto stream = connectStream(reactor, "poems.example", 10000);
  stream.cancel();
  reactor.flush();
  testing::failureResultOf<CancelledError>(stream);
  EXPECT_FALSE(client().waiting());
}

TEST_F(ConnectStreamTest, DiscardingGivesTheAttemptUp) {
  connectStream(reactor, "poems.example", 10000).discard();
  reactor.flush();
  EXPECT_FALSE(client().waiting());
}

TEST_F(ConnectStreamTest, AConnectionThatNobodyWantsAnyMoreIsClosed) {
  auto stream = connectStream(reactor, "poems.example", 10000);
  MemoryPeer server = client().succeed();
  stream.cancel();
  reactor.flush();
  testing::failureResultOf<CancelledError>(stream);
  EXPECT_FALSE(server.connected());
}

TEST_F(ConnectStreamTest, APortThatCannotBeIsAnErrorAtOnce) {
  EXPECT_THROW((void)connectStream(reactor, "poems.example", 0), std::out_of_range);
}

TEST_F(ConnectStreamTest, AReactorThatGoesFailsTheAttempt) {
  auto stream = [] {
    MemoryReactor gone;
    return connectStream(gone, "poems.example", 10000);
  }();
  testing::failureResultOf(stream);
}

}  // namespace
}  // namespace couplet
