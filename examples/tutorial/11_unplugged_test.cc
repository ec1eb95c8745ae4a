// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <gtest/gtest.h>

#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/line.h>
#include <couplet/protocols/testing/every_cut.h>
#include <couplet/protocols/timeout_mixin.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/testing/memory_reactor.h>
#include <couplet/reactor/testing/string_transport.h>

#include "examples/poetry/poem_client.h"

using namespace couplet;
using namespace couplet::testing;
using namespace std::chrono_literals;

// [counter]
/// Answers each verse with its number; gives up a peer that says nothing for a minute.
struct VerseCounter : TimeoutMixin<LineOnlyReceiver> {
  void connectionMade() override { setTimeout(60s); }
  void lineReceived(std::string_view) override {
    resetTimeout();
    sendLine(std::to_string(++verses));
  }
  int verses = 0;
};

// [cut]
TEST(VerseCounterTest, CountsTheSameAtEveryCut) {
  expectSameAtEveryCut("Tyger Tyger\r\nburning bright\r\n", [](const Chunks& chunks) {
    StringTransport transport;
    VerseCounter counter;
    counter.makeConnection(transport);
    for (std::string_view chunk : chunks) counter.dataReceived(chunk);
    return std::string(transport.value());
  });
}

// [time]
TEST(VerseCounterTest, WaitsAMinuteForEachVerse) {
  StringTransport transport;
  VerseCounter counter;
  transport.connect(counter);
  transport.fakeClock().advance(59s);
  counter.dataReceived("Tyger Tyger\r\n");
  transport.fakeClock().advance(59s);
  EXPECT_FALSE(transport.disconnected());
  transport.fakeClock().advance(1s);
  EXPECT_TRUE(transport.lossReason()->check<TimeoutError>());
}

// [reactor]
TEST(GetPoemTest, FailsWhereNobodyListens) {
  MemoryReactor reactor;
  auto poem = poetry::getPoem(reactor, {"poems.example", 10000});
  reactor.tcpClients().at(0).fail(ConnectionRefusedError());
  reactor.flush();
  failureResultOf<ConnectionRefusedError>(poem);
}
