// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Requests and their handlers.
#include "api_fixture.h"

#include <chrono>
#include <stdexcept>
#include <vector>

#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/message/ack.h>
#include <couplet/reactor/testing/logged_errors.h>

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kSix = R"({"value":["crunch_api.Output",{"value":6.0},[]]})";
constexpr std::string_view kAck = R"({"value":["couplet.Ack",{},[]]})";
constexpr std::string_view kTarget = "/Multiply?x=2&y=3";

Output product(const Multiply& m) { return {m.x * m.y}; }

// Crunch 2: A handler for each message of the list.
TEST_F(ApiTest, EachRequestHasItsHandler) {
  serve(
      Requests<Multiply, Divide>(), [](const Multiply& m) { return Output{m.x * m.y}; },
      [](const Divide& m) { return Output{m.x / m.y}; });
  EXPECT_THAT(get(kTarget), isResponse(200, kSix));
  EXPECT_THAT(get("/Divide?x=18&y=3"), isResponse(200, kSix));
}

TEST_F(ApiTest, OneHandlerMayTakeSeveral) {
  struct Both {
    Output operator()(const Multiply& m) { return {m.x * m.y}; }
    Output operator()(const Divide& m) { return {m.x / m.y}; }
  };
  serve(Requests<Multiply, Divide>(), Both());
  EXPECT_THAT(get(kTarget), isResponse(200, kSix));
  EXPECT_THAT(get("/Divide?x=18&y=3"), isResponse(200, kSix));
}

TEST_F(ApiTest, AFunctionIsAHandler) {
  serve(Requests<Multiply>(), &product);
  EXPECT_THAT(get(kTarget), isResponse(200, kSix));
}

TEST_F(ApiTest, AHandlerKeepsItsState) {
  serve(Requests<Multiply>(), [count = 0.0](const Multiply&) mutable { return Output{++count}; });
  get(kTarget);
  EXPECT_THAT(get(kTarget), HasSubstr(R"({"value":2.0})"));
}

TEST_F(ApiTest, AHandlerMayTakeItsRequestApart) {
  serve(Requests<Multiply>(), [](Multiply m) { return m; });
  EXPECT_THAT(get(kTarget), HasSubstr(R"(["crunch_api.Multiply",{"x":2.0,"y":3.0},[]])"));
}

/// Of another module.
struct OtherMultiply {
  static constexpr auto kMessage = message("other_api.Multiply");
};

TEST_F(ApiTest, TwoRequestsOfOneNameAreNoApi) {
  const auto other = [](const OtherMultiply&) { return Ack(); };
  EXPECT_THROW(Api(Requests<Multiply, OtherMultiply>(), &product, other), std::invalid_argument);
}

// Crunch 3: A handler replies now or later, with a message or a fault.
TEST_F(ApiTest, NothingIsAnsweredByAck) {
  serve(
      Requests<Multiply, Divide>(), [](const Multiply&) {},
      [](const Divide&) -> Deferred<void> { return succeed(); });
  EXPECT_THAT(get(kTarget), isResponse(200, kAck));
  EXPECT_THAT(get("/Divide"), isResponse(200, kAck));
}

// Crunch 9: A handler that waited too long is 504.
TEST_F(ApiTest, AHandlerThatTimesOutSaysSo) {
  testing::LoggedErrors logged;
  Promise<Output> never;
  serve(Requests<Multiply>(), [&](const Multiply&) {
    return never.deferred().addTimeout(std::chrono::seconds(1), reactor);
  });
  get(kTarget);
  reactor.advance(std::chrono::seconds(1));
  EXPECT_THAT(send(""), isFault(504, "couplet.TimedOut", R"(\"Multiply\" timed out)"));
  EXPECT_THAT(logged.take(), ElementsAre(HasSubstr("Multiply")));
}

// Crunch 3
TEST_F(ApiTest, ADeferredAnswersLater) {
  Promise<Output> promise;
  serve(Requests<Multiply>(), [&](const Multiply&) { return promise.deferred(); });
  EXPECT_EQ(get(kTarget), "");
  promise.callback(Output{6});
  reactor.flush();
  EXPECT_THAT(std::string(client->value()), isResponse(200, kSix));
}

// Crunch 3
TEST_F(ApiTest, ACoroutineMayUseItsRequestThroughout) {
  Promise<void> promise;
  serve(Requests<Multiply>(), [&](const Multiply& m) -> Deferred<Output> {
    co_await promise.deferred();
    co_return Output{m.x * m.y};
  });
  EXPECT_EQ(get(kTarget), "");
  promise.callback();
  reactor.flush();
  EXPECT_THAT(std::string(client->value()), isResponse(200, kSix));
}

// Crunch 3
TEST_F(ApiTest, AFaultIsAnsweredHoweverItComes) {
  serve(
      Requests<Multiply, Divide>(),
      [](const Multiply& m) -> Result<Output> {
        if (m.x == 0) return Failure(DivideByZero());
        return Output{m.x};
      },
      [](const Divide& m) -> Deferred<Output> {
        if (m.y == 0) return fail<Output>(DivideByZero());
        throw DivideByZero();
      });
  const auto divideByZero = isFault(422, "crunch_api.DivideByZero", "cannot divide by zero");
  EXPECT_THAT(get("/Multiply"), divideByZero);
  EXPECT_THAT(get("/Divide?y=0"), divideByZero);
  EXPECT_THAT(get("/Divide?y=1"), divideByZero);
  EXPECT_THAT(get("/Multiply?x=1"), HasSubstr("200 OK"));
}

TEST_F(ApiTest, AHandlerMayAnswerWithNothingButAFault) {
  serve(Requests<Multiply>(), [](const Multiply&) { return DivideByZero(); });
  EXPECT_THAT(get(kTarget), isFault(422, "crunch_api.DivideByZero", "cannot divide by zero"));
}

// Crunch 4: A handler that throws answers a fault, and the server lives.
TEST_F(ApiTest, WhatIsNoFaultIsToldToTheLogAlone) {
  testing::LoggedErrors errors;
  serve(
      Requests<Multiply, Divide>(),
      [](const Multiply&) -> Output { throw std::runtime_error("the disk is full"); },
      [](const Divide&) -> Deferred<Output> {
        co_await succeed();
        throw std::runtime_error("so is this");
      });
  const auto failed = [](std::string_view name) {
    return isResponse(500, R"({"value":["couplet.Faulted",{"condition":"\")" + std::string(name) +
                               R"(\" failed","explanation":"the server's log says why",)" +
                               R"("error_code":0,"exit_code":172},[]]})");
  };
  EXPECT_THAT(get("/Multiply"), failed("Multiply"));
  EXPECT_THAT(get("/Divide"), failed("Divide"));
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("the disk is full"), HasSubstr("so is this")));
}

// Crunch 1: NaN and infinity are refused.
TEST_F(ApiTest, AnAnswerThatIsNoJSONIsAFault) {
  testing::LoggedErrors errors;
  serve(Requests<Multiply, Divide>(), &product,
        [](const Divide& m) { return succeed(Output{m.x / m.y}); });
  EXPECT_THAT(get("/Multiply?x=1e300&y=1e300"), HasSubstr("500 Internal Server Error"));
  EXPECT_THAT(get("/Divide?x=1&y=0"), HasSubstr("500 Internal Server Error"));
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("inf is no number in JSON"),
                                         HasSubstr("inf is no number in JSON")));
}

TEST_F(ApiTest, AFaultThatCannotBeSentIsReplacedByOneThatCan) {
  testing::LoggedErrors errors;
  serve(Requests<Multiply>(), [](const Multiply&) -> Output { throw Faulted("no UTF-8: \xff"); });
  EXPECT_THAT(get(kTarget), HasSubstr(R"(\"Multiply\" failed)"));
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("cannot be sent")));
}

TEST_F(ApiTest, WhoLeavesCancelsItsHandler) {
  bool cancelled = false;
  Promise<Output> promise([&] { cancelled = true; });
  serve(Requests<Multiply>(), [&](const Multiply&) { return promise.deferred(); });
  get(kTarget);
  client->abortConnection();
  reactor.flush();
  EXPECT_TRUE(cancelled);
}

TEST_F(ApiTest, HandlersLiveAsLongAsTheirAnswers) {
  Promise<void> promise;
  serve(Requests<Multiply>(),
        [&, words = std::make_shared<double>(6)](const Multiply&) -> Deferred<Output> {
          co_await promise.deferred();
          co_return Output{*words};
        });
  get(kTarget);
  api.reset();
  promise.callback();
  reactor.flush();
  EXPECT_THAT(std::string(client->value()), isResponse(200, kSix));
}

}  // namespace
}  // namespace couplet
