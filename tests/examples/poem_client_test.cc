// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/poetry/poem_client.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/errors.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/testing/memory_reactor.h>

#include "examples/poetry/answer_factory.h"

namespace poetry {

using couplet::Deferred;
using namespace couplet::testing;
using namespace std::chrono_literals;

class PoemClientTest : public ::testing::Test {
 protected:
  Deferred<std::string> ask(Framing framing = Framing::kNone) {
    return getPoem(reactor, {"poems.example", 10000}, framing,
                   [this](std::size_t bytes) { pieces.push_back(bytes); });
  }

  MemoryPeer server() { return reactor.tcpClients().back().succeed(); }

  /// What a server sends that closes after it.
  void serve(std::string_view bytes) {
    MemoryPeer peer = server();
    peer.write(bytes);
    peer.loseConnection();
    reactor.flush();
  }

  MemoryReactor reactor;
  std::vector<std::size_t> pieces;
};

TEST_F(PoemClientTest, ConnectsToTheServer) {
  Deferred<std::string> poem = ask();
  EXPECT_EQ(reactor.tcpClients().back().host, "poems.example");
  EXPECT_EQ(reactor.tcpClients().back().port, 10000);
  assertNoResult(poem);
  std::move(poem).discard();
}

TEST_F(PoemClientTest, ThePoemEndsWithTheConnection) {
  Deferred<std::string> poem = ask();
  MemoryPeer peer = server();
  peer.write("a po");
  reactor.flush();
  peer.write("em");
  reactor.flush();
  assertNoResult(poem);
  peer.loseConnection();
  reactor.flush();
  EXPECT_EQ(successResultOf(poem), "a poem");
  EXPECT_EQ(pieces, (std::vector<std::size_t>{4, 2}));
}

TEST_F(PoemClientTest, AResetIsAFailure) {
  Deferred<std::string> poem = ask();
  MemoryPeer peer = server();
  peer.write("half a po");
  reactor.flush();
  peer.abortConnection();
  reactor.flush();
  failureResultOf<couplet::ConnectionLost>(poem);
}

TEST_F(PoemClientTest, AnAttemptThatFailsIsAFailure) {
  Deferred<std::string> poem = ask();
  reactor.tcpClients().back().fail(couplet::ConnectionRefusedError());
  reactor.flush();
  failureResultOf<couplet::ConnectionRefusedError>(poem);
}

TEST_F(PoemClientTest, ALongWaitIsForTheAskerToEnd) {
  Deferred<std::string> poem = ask();
  reactor.advance(24h);
  assertNoResult(poem);
  poem.addTimeout(5s, reactor);
  reactor.advance(5s);
  failureResultOf<couplet::TimeoutError>(poem);
  EXPECT_FALSE(reactor.tcpClients().back().waiting());
}

TEST_F(PoemClientTest, CancellingClosesTheConnection) {
  Deferred<std::string> poem = ask();
  MemoryPeer peer = server();
  peer.write("half a po");
  reactor.flush();
  poem.cancel();
  reactor.flush();
  failureResultOf<couplet::CancelledError>(poem);
  EXPECT_FALSE(peer.connected());
}

TEST_F(PoemClientTest, APoemWithoutEndIsGivenUp) {
  Deferred<std::string> poem = ask();
  MemoryPeer peer = server();
  const std::string piece(1 << 20, 'x');
  for (std::size_t sent = 0; sent <= kLongestPoem; sent += piece.size()) {
    peer.write(piece);
    reactor.flush();
  }
  failureResultOf<PoemTooLongError>(poem);
  EXPECT_FALSE(peer.connected());
}

TEST_F(PoemClientTest, ANetstringEndsThePoem) {
  Deferred<std::string> poem = ask(Framing::kNetstring);
  server().write("6:a poem,and more");
  reactor.flush();
  EXPECT_EQ(successResultOf(poem), "a poem");
}

TEST_F(PoemClientTest, ANetstringThatIsCutOffIsAFailure) {
  Deferred<std::string> poem = ask(Framing::kNetstring);
  serve("6:a po");
  failureResultOf<couplet::IncompleteStringError>(poem);
}

TEST_F(PoemClientTest, AServerThatSaysNothingIsAFailureWhereANetstringIsDue) {
  Deferred<std::string> poem = ask(Framing::kNetstring);
  serve("");
  failureResultOf<NoAnswerError>(poem);
}

TEST_F(PoemClientTest, WhatIsNoNetstringIsAFailure) {
  Deferred<std::string> poem = ask(Framing::kNetstring);
  serve("a poem");
  failureResultOf<couplet::NetstringParseError>(poem);
}

}  // namespace poetry
