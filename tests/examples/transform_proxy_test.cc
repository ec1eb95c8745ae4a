// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/poetry/transform_proxy.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/errors.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/testing/memory_reactor.h>

#include "examples/poetry/answer_factory.h"
#include "examples/poetry/transform_protocol.h"

namespace poetry {

using couplet::Deferred;
using namespace couplet::testing;
using namespace std::chrono_literals;

class TransformProxyTest : public ::testing::Test {
 protected:
  MemoryPeer server() {
    MemoryPeer peer = reactor.tcpClients().back().succeed();
    reactor.flush();
    return peer;
  }

  /// What becomes of a request when the server says `bytes` and closes.
  Deferred<std::string> answeredWith(std::string_view bytes) {
    Deferred<std::string> answer = proxy.transform("cummingsify", "A");
    MemoryPeer peer = server();
    peer.write(bytes);
    peer.loseConnection();
    reactor.flush();
    return answer;
  }

  MemoryReactor reactor;
  TransformProxy proxy{reactor, {"transforms.example", 10001}};
};

TEST_F(TransformProxyTest, SendsTheNameADotAndThePoem) {
  Deferred<std::string> answer = proxy.transform("cummingsify", "HERE IS MY POEM");
  EXPECT_EQ(server().value(), "27:cummingsify.HERE IS MY POEM,");
  assertNoResult(answer);
  std::move(answer).discard();
}

TEST_F(TransformProxyTest, GivesTheAnswerAndCloses) {
  Deferred<std::string> answer = proxy.transform("cummingsify", "A");
  MemoryPeer peer = server();
  peer.write("1:a,");
  reactor.flush();
  EXPECT_EQ(successResultOf(answer), "a");
  EXPECT_TRUE(peer.inputEnded() || !peer.connected());
}

TEST_F(TransformProxyTest, TakesTheFirstAnswerOnly) {
  EXPECT_EQ(successResultOf(answeredWith("1:a,1:b,")), "a");
}

TEST_F(TransformProxyTest, NoAnswerIsAFailure) { failureResultOf<NoAnswerError>(answeredWith("")); }

TEST_F(TransformProxyTest, HalfAnAnswerIsAFailure) {
  failureResultOf<couplet::IncompleteStringError>(answeredWith("15:here is"));
}

TEST_F(TransformProxyTest, WhatIsNoNetstringIsAFailure) {
  failureResultOf<couplet::NetstringParseError>(answeredWith("no, thanks"));
}

TEST_F(TransformProxyTest, AnAttemptThatFailsIsAFailure) {
  Deferred<std::string> answer = proxy.transform("cummingsify", "A");
  reactor.tcpClients().back().fail(couplet::ConnectionRefusedError());
  reactor.flush();
  failureResultOf<couplet::ConnectionRefusedError>(answer);
}

TEST_F(TransformProxyTest, APoemTooLongForANetstringIsNotSent) {
  failureResultOf<couplet::StringTooLongError>(proxy.transform("x", std::string(99998, 'A')));
  EXPECT_TRUE(reactor.tcpClients().empty());
}

TEST_F(TransformProxyTest, CancellingClosesTheConnection) {
  Deferred<std::string> answer = proxy.transform("cummingsify", "A");
  MemoryPeer peer = server();
  answer.cancel();
  reactor.flush();
  failureResultOf<couplet::CancelledError>(answer);
  EXPECT_FALSE(peer.connected());
}

TEST_F(TransformProxyTest, UnderstandsTheServerAtEveryCut) {
  const auto service = std::make_shared<const TransformService>(reactor, 2s);
  reactor.listenTCP(10001, couplet::Factory::forProtocol<TransformProtocol>(service));
  TransformProxy here(reactor, {"127.0.0.1", 10001});
  for (std::size_t cut : {1, 2, 3, 7, 1000}) {
    reactor.setCut(cut);
    Deferred<std::string> answer = here.transform("cummingsify", "CÉLÈBRE");
    reactor.flush();
    EXPECT_EQ(successResultOf(answer), "célèbre");
  }
}

}  // namespace poetry
