// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// How a user tests a protocol: with the fakes that are installed with the library.
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <couplet/deferred/defer_later.h>
#include <couplet/deferred/testing/fake_clock.h>
#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/line.h>
#include <couplet/reactor/testing/accumulating_protocol.h>
#include <couplet/reactor/testing/pump.h>
#include <couplet/reactor/testing/string_transport.h>

namespace {

using couplet::testing::AccumulatingProtocol;
using couplet::testing::FakeClock;
using couplet::testing::Pump;
using couplet::testing::StringTransport;

class Greeter : public couplet::LineReceiver {
 public:
  void lineReceived(std::string_view line) override { sendLine("Hello, " + std::string(line)); }
};

TEST(GreeterTest, AnswersALine) {
  Greeter greeter;
  StringTransport transport;
  greeter.makeConnection(transport);
  greeter.dataReceived("world\r\n");
  EXPECT_EQ(transport.value(), "Hello, world\r\n");
}

TEST(GreeterTest, AnswersOverAPump) {
  auto client = std::make_unique<AccumulatingProtocol>();
  AccumulatingProtocol& heard = *client;
  Pump pump(std::make_unique<Greeter>(), std::move(client), {.cut = 1});
  heard.transport().write("world\r\n");
  pump.flush();
  EXPECT_EQ(heard.data(), "Hello, world\r\n");
}

TEST(GreeterTest, ADeferredWaitsForAFakeClock) {
  FakeClock clock;
  auto later = couplet::deferLater(clock, std::chrono::hours(1), [] { return 7; });
  couplet::testing::assertNoResult(later);
  clock.advance(std::chrono::hours(1));
  EXPECT_EQ(couplet::testing::successResultOf(std::move(later)), 7);
}

}  // namespace
