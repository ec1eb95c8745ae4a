// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What is expected of an Api's requests, by HTTP.
#include "api_fixture.h"

#include <chrono>
#include <ctime>
#include <stdexcept>

#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/message/api_control.h>
#include <couplet/protocols/message/native_protocol.h>
#include <couplet/protocols/message/native_session.h>
#include <couplet/reactor/testing/logged_errors.h>

namespace couplet {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::EndsWith;
using testing::failureResultOf;
using ::testing::HasSubstr;
using testing::LoggedErrors;
using ::testing::SizeIs;
using ::testing::StartsWith;

/// 2026-01-05, 11:30 UTC, a Monday.
std::time_t halfPastEleven() { return 1767612600; }

class ServiceTest : public ApiTest {
 protected:
  /// Multiply takes as long as x says, in seconds; Divide is never answered.
  void serveSlowly() {
    api = std::make_shared<Api>(
        Requests<Multiply, Divide>(),
        [this](const Multiply& m) -> Deferred<Output> {
          if (m.x < 0) throw std::runtime_error("negative");
          if (m.y < 0) throw DivideByZero();
          auto later = std::make_shared<Promise<Output>>();
          reactor.callLater(std::chrono::duration_cast<Duration>(m.x * 1s),
                            [later] { later->callback(Output{}); });
          return later->deferred();
        },
        [this](const Divide&) -> Deferred<Output> { return never.deferred(); });
    api->expect(reactor, 3s, &halfPastEleven);
    reactor.listenTCP(5051, newApiSite(api));
    reactor.listenTCP(5053, newApiSite(newApiControl(api)));
    connect();
  }
  void connect() {
    client.emplace(reactor.tcpServers().at(0).connect());
    reactor.flush();
  }

  /// One that takes so long.
  std::string multiply(Duration time) {
    const double seconds = std::chrono::duration<double>(time).count();
    client->write("GET /Multiply?x=" + std::to_string(seconds) + " HTTP/1.1\r\nHost: a\r\n\r\n");
    reactor.flush();
    reactor.advance(time);
    reactor.flush();
    std::string answer(client->value());
    client->clear();
    return answer;
  }
  void multiplyOften(Duration time, int times) {
    for (int i = 0; i < times; ++i) multiply(time);
  }
  int shedOf(int times, Duration time) {
    int shed = 0;
    for (int i = 0; i < times; ++i) shed += multiply(time).starts_with("HTTP/1.1 503 ");
    return shed;
  }
  std::string operate(std::string_view target) {
    testing::MemoryPeer control = reactor.tcpServers().at(1).connect();
    control.write("GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n");
    reactor.flush();
    return std::string(control.value());
  }

  const ServiceMeter& meter() const { return api->service("Multiply")->meter(); }

  Promise<Output> never;
};

// Crunch 24: At 0.75 of what is expected a tenth is shed, at 0.9 a quarter, from 1.0 on a half.
TEST_F(ServiceTest, WhatTakesTooLongIsShed) {
  serveSlowly();
  multiplyOften(2249ms, 16);
  EXPECT_EQ(shedOf(20, 2249ms), 0);
  multiplyOften(2251ms, 16);
  EXPECT_EQ(shedOf(100, 2251ms), 10);
  multiplyOften(2701ms, 30);
  EXPECT_EQ(shedOf(100, 2701ms), 25);
  multiplyOften(3s, 40);
  EXPECT_EQ(shedOf(100, 3s), 50);
}

// Crunch 24: The fault's condition, and its status with Retry-After.
TEST_F(ServiceTest, WhoIsShedIsToldSo) {
  serveSlowly();
  multiplyOften(4s, 16);
  multiply(4s);
  EXPECT_THAT(multiply(4s),
              AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("\r\nRetry-After: 1\r\n"),
                    HasSubstr(R"j("couplet.Overloaded",{"condition":"API (/Multiply) is )j"
                              R"j(currently overloaded (shedding 50%)")j")));
}

TEST_F(ServiceTest, ARequestThatCannotBeReadIsNone) {
  serveSlowly();
  get("/Multiply?x=abc");
  get("/Multiply?z=1");
  EXPECT_EQ(meter().admitted(), 0u);
  EXPECT_EQ(meter().answered(), 0u);
}

TEST_F(ServiceTest, EachRequestIsMeteredByItself) {
  serveSlowly();
  multiply(1s);
  EXPECT_EQ(meter().answered(), 1u);
  EXPECT_EQ(api->service("Divide")->meter().answered(), 0u);
  EXPECT_EQ(api->service("crunch_api.Multiply"), api->service("Multiply"));
  EXPECT_EQ(api->service("Modulo"), nullptr);
}

TEST_F(ServiceTest, AFaultOfTheServiceFailedAndOneOfTheClientDidNot) {
  LoggedErrors logged;
  serveSlowly();
  get("/Multiply?x=-1");
  EXPECT_EQ(meter().failed(), 1u);
  get("/Multiply?y=-1");
  EXPECT_EQ(meter().failed(), 1u);
  EXPECT_EQ(meter().answered(), 2u);
  EXPECT_THAT(logged.take(), SizeIs(1));
}

TEST_F(ServiceTest, WhatNobodyWaitsForAnyMoreIsNotAtWork) {
  serveSlowly();
  get("/Divide");
  const ServiceMeter& divide = api->service("Divide")->meter();
  EXPECT_EQ(divide.atWork(), 1u);
  reactor.advance(2s);
  client->loseConnection();
  reactor.flush();
  EXPECT_EQ(divide.atWork(), 0u);
  EXPECT_EQ(divide.failed(), 1u);
  EXPECT_EQ(divide.mean(), 2s);
}

// Crunch 24: Whatever the protocol is.
TEST_F(ServiceTest, ItIsMeteredNativelyToo) {
  serveSlowly();
  reactor.listenTCP(5054, newNativeFactory(api));
  auto connecting = connectNative(reactor, "127.0.0.1", 5054);
  reactor.flush();
  const auto session = testing::successResultOf(connecting);
  api->service("Multiply")->disable("repair");
  auto answer = session->request<Output>(Multiply{});
  reactor.flush();
  EXPECT_EQ(failureResultOf<OutOfService>(answer).message(),
            "API (/Multiply) is out of service (repair)");
}

// Crunch 25: An operator takes a request out of service for a time.
TEST_F(ServiceTest, ARequestCanBeOutOfService) {
  serveSlowly();
  EXPECT_THAT(operate("/ApiUpdate?request_type=Multiply&enabled=false&stand_down=3600&reason=tea"),
              StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(
      get("/Multiply?x=1&y=1"),
      AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("\r\nRetry-After: 3600\r\n"),
            HasSubstr(R"j("couplet.OutOfService",{"condition":"API (/Multiply) is out )j"
                      R"j(of service and resuming around 12:30 UTC","explanation":"tea")j")));
}

// Crunch 25
TEST_F(ServiceTest, ItResumesByItself) {
  serveSlowly();
  operate("/ApiUpdate?request_type=Multiply&enabled=false&stand_down=3600");
  reactor.advance(59min + 59s);
  EXPECT_FALSE(api->service("Multiply")->enabled());
  reactor.advance(1s);
  EXPECT_TRUE(api->service("Multiply")->enabled());
  connect();
  EXPECT_THAT(multiply(1s), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServiceTest, AnotherDayIsSaid) {
  serveSlowly();
  api->service("Multiply")->disable("inventory", 24h);
  EXPECT_THAT(get("/Multiply"), HasSubstr("resuming around 2026-01-06 11:30 UTC"));
}

// Crunch 25: Without a time it is out until it is enabled.
TEST_F(ServiceTest, ItResumesWhenAnOperatorSaysSo) {
  serveSlowly();
  operate("/ApiUpdate?request_type=Multiply&enabled=false&reason=repair");
  EXPECT_THAT(get("/Multiply"), HasSubstr(R"j("API (/Multiply) is out of service",)j"));
  reactor.advance(24h);
  connect();
  EXPECT_THAT(get("/Multiply"), HasSubstr("\r\nRetry-After: 60\r\n"));
  operate("/ApiUpdate?request_type=Multiply&enabled=true");
  EXPECT_THAT(multiply(1s), StartsWith("HTTP/1.1 200 "));
}

// Crunch 25: An update that names no request is for all.
TEST_F(ServiceTest, AnUpdateMayBeForAll) {
  serveSlowly();
  operate("/ApiUpdate?enabled=false&responsiveness=0.5");
  for (const char* name : {"Multiply", "Divide"}) {
    EXPECT_FALSE(api->service(name)->enabled());
    EXPECT_EQ(api->service(name)->meter().responsiveness(), 500ms);
  }
}

// Crunch 25
TEST_F(ServiceTest, WhatAnUpdateLeavesOutStaysAsItIs) {
  serveSlowly();
  operate("/ApiUpdate?request_type=Multiply&enabled=false&reason=repair");
  operate("/ApiUpdate?request_type=Multiply&responsiveness=1");
  EXPECT_EQ(api->service("Multiply")->reason(), "repair");
  EXPECT_EQ(meter().responsiveness(), 1s);
}

// Crunch 26: Percentiles and counts are to be read.
TEST_F(ServiceTest, ItIsShown) {
  serveSlowly();
  multiplyOften(4s, 17);
  multiply(4s);
  EXPECT_THAT(
      operate("/ApiShow?request_type=Multiply"),
      AllOf(HasSubstr(R"(["couplet.ApiStatuses",{"statuses":[{"request_type":)"
                      R"("crunch_api.Multiply","enabled":true,"stand_down":null,"reason":"",)"
                      R"("responsiveness":3.0,"mean":4.0,)"),
            HasSubstr(R"("shedding":50,"admitted":17,"at_work":0,"answered":17,"failed":0,)"
                      R"("shed":1,"refused":0})")));
}

// Crunch 25
TEST_F(ServiceTest, AllAreShown) {
  serveSlowly();
  EXPECT_THAT(operate("/ApiShow"),
              AllOf(HasSubstr("crunch_api.Multiply"), HasSubstr("crunch_api.Divide")));
}

TEST_F(ServiceTest, AnOperatorsMistakesAreFaults) {
  serveSlowly();
  EXPECT_THAT(operate("/ApiUpdate?request_type=Modulo"),
              AllOf(StartsWith("HTTP/1.1 404 "), HasSubstr("Modulo")));
  EXPECT_THAT(operate("/ApiUpdate?responsiveness=0"),
              AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr(R"(\"responsiveness\")")));
  EXPECT_THAT(operate("/ApiUpdate?enabled=false&stand_down=-1"),
              AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr(R"(\"stand_down\")")));
  EXPECT_THAT(operate("/ApiUpdate?reason=tea"),
              AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr(R"(\"enabled\")")));
  EXPECT_TRUE(api->service("Multiply")->enabled());
}

TEST_F(ServiceTest, AnApiOfWhichNothingIsExpectedCannotBeControlled) {
  const auto other =
      std::make_shared<const Api>(Requests<Multiply>(), [](const Multiply&) { return Output{}; });
  EXPECT_THROW(newApiControl(other), std::logic_error);
}

}  // namespace
}  // namespace couplet
