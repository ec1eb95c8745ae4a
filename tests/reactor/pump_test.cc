// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/testing/pump.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/reactor/errors.h>
#include <couplet/reactor/testing/accumulating_protocol.h>

#include "loopback.h"

namespace couplet {
namespace {

using testing::AccumulatingProtocol;
using testing::Pump;

class Echo : public Protocol {
 public:
  void dataReceived(std::string_view bytes) override { transport().write(bytes); }
};

class PumpTest : public ::testing::Test {
 protected:
  std::unique_ptr<Protocol> scripted(End& end) { return std::make_unique<ScriptedProtocol>(end); }

  End server;
  End client;
};

TEST_F(PumpTest, JoinsTwoProtocols) {
  auto made = std::make_unique<AccumulatingProtocol>();
  AccumulatingProtocol& asks = *made;
  Pump pump(std::make_unique<Echo>(), std::move(made));
  EXPECT_TRUE(asks.made());
  asks.transport().write("hello");
  pump.flush();
  EXPECT_EQ(asks.data(), "hello");
}

TEST_F(PumpTest, JoinsAFactorysProtocol) {
  Pump pump(Factory::forProtocol<Echo>(), scripted(client));
  client.transport().write("hello");
  pump.flush();
  EXPECT_EQ(client.received, "hello");
}

TEST_F(PumpTest, TheServerSpeaksFirst) {
  std::string order;
  server.onMade = [&](Transport&) { order += "server "; };
  client.onMade = [&](Transport&) { order += "client"; };
  Pump pump(scripted(server), scripted(client));
  EXPECT_EQ(order, "server client");
}

TEST_F(PumpTest, MovesOnePieceATurn) {
  Pump pump(scripted(server), scripted(client), {.cut = 2});
  client.transport().write("abcde");
  pump.pump();  // is sent
  for (const char* heard : {"ab", "abcd", "abcde"}) {
    pump.pump();
    EXPECT_EQ(server.received, heard);
  }
}

TEST_F(PumpTest, ClosesForBoth) {
  Pump pump(scripted(server), scripted(client));
  pump.close();
  pump.flush();
  EXPECT_TRUE(pump.serverLost()->check<ConnectionDone>());
  EXPECT_TRUE(pump.clientLost()->check<ConnectionDone>());
  EXPECT_EQ(server.readsLost, 1);
  EXPECT_EQ(client.readsLost, 1);
}

TEST_F(PumpTest, ResetsForBoth) {
  Pump pump(scripted(server), scripted(client));
  client.transport().write("is lost");
  pump.reset();
  pump.flush();
  EXPECT_TRUE(pump.serverLost()->check<ConnectionLost>());
  EXPECT_TRUE(pump.clientLost()->check<ConnectionLost>());
  pump.reset();
  pump.close();
}

TEST_F(PumpTest, HoldsWhatIsUnderWay) {
  Pump pump(scripted(server), scripted(client));
  pump.hold();
  client.transport().write("slow");
  pump.advance(10s);
  EXPECT_EQ(server.received, "");
  pump.release();
  pump.flush();
  EXPECT_EQ(server.received, "slow");
}

TEST_F(PumpTest, AdvancesTheTimeOfBoth) {
  server.onMade = [this](Transport& transport) {
    server.protocol->callLater(5s, [&transport] { transport.write("tick"); });
  };
  Pump pump(scripted(server), scripted(client));
  pump.advance(4s);
  EXPECT_EQ(client.received, "");
  pump.advance(1s);
  EXPECT_EQ(client.received, "tick");
}

TEST_F(PumpTest, DestroysAProtocolThatLostItsConnection) {
  Pump pump(scripted(server), scripted(client));
  server.transport().loseConnection();
  EXPECT_FALSE(server.lost);
  pump.flush();
  EXPECT_EQ(server.losses, 1);
  EXPECT_TRUE(server.destroyed);
  EXPECT_TRUE(client.destroyed);
}

TEST_F(PumpTest, EndsTheConversationWithItself) {
  { Pump pump(scripted(server), scripted(client)); }
  EXPECT_TRUE(server.lost->check<ConnectionAborted>());
  EXPECT_TRUE(client.lost->check<ConnectionAborted>());
  EXPECT_TRUE(server.destroyed);
}

TEST_F(PumpTest, AFactoryWithoutAProtocolClosesTheConnection) {
  auto none = std::make_shared<ScriptedFactory>(server);
  none->build = [](const Address&) { return nullptr; };
  Pump pump(none, scripted(client));
  pump.flush();
  EXPECT_TRUE(pump.serverLost()->check<ConnectionDone>());
  EXPECT_TRUE(pump.clientLost()->check<ConnectionDone>());
}

}  // namespace
}  // namespace couplet
