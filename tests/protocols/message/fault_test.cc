// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/fault.h>

#include <cerrno>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/deferred.h>
#include <couplet/protocols/message/faults.h>
#include <couplet/protocols/message/text.h>

#include "faults_of_tests.h"
#include "messages.h"

namespace couplet {
namespace {

// Crunch 11: condition, explanation, error_code, exit_code, as Faulted's kinds have them.
TEST(FaultTest, HasTheMembersOfAllFaults) {
  EXPECT_EQ(toJSON(Aborted()),
            R"({"condition":"aborted","explanation":"user or software interrupt",)"
            R"("error_code":0,"exit_code":172})");
}

// Crunch 11: Applications derive their own.
TEST(FaultTest, AnApplicationHasItsOwn) {
  DivideByZero fault;
  fault.dividend = 5;
  EXPECT_EQ(fault.name(), "crunch_api.DivideByZero");
  EXPECT_EQ(fault.status(), 422);
  EXPECT_EQ(fromJSON<DivideByZero>(toJSON(fault)).dividend, 5);
  EXPECT_EQ(toText(Aborted()),
            "Aborted(condition='aborted', explanation='user or software interrupt', error_code=0, "
            "exit_code=172)");
}

// Crunch 11: They are exceptions, and travel in a Failure.
TEST(FaultTest, TravelsInAFailure) {
  const Failure failure(DivideByZero{});
  EXPECT_TRUE(failure.check<Fault>());
  EXPECT_EQ(failure.get<Fault>()->name(), "crunch_api.DivideByZero");
  EXPECT_EQ(failure.message(), "cannot divide by zero (the divisor is 0)");
}

TEST(FaultTest, KeepsItsClassWhereOnlyTheBaseIsKnown) {
  DivideByZero divide;
  divide.dividend = 3;
  const Fault& fault = divide;
  const Failure failure = fault.failure();
  ASSERT_TRUE(failure.check<DivideByZero>());
  EXPECT_EQ(failure.get<DivideByZero>()->dividend, 3);
}

// Crunch 28: A fault is `<condition> (<explanation>)`.
TEST(FaultTest, SaysWhatItsMembersSayNow) {
  Faulted fault("condition");
  EXPECT_STREQ(fault.what(), "condition");
  fault.explanation = "why";
  EXPECT_STREQ(fault.what(), "condition (why)");
  fault.condition = "another";
  EXPECT_STREQ(fault.what(), "another (why)");
}

TEST(FaultTest, WhatItSaysStaysWhereItIs) {
  const Aborted fault;
  const char* const what = fault.what();
  EXPECT_EQ(fault.what(), what);
}

TEST(FaultTest, OneThatWasReadSaysWhatItHas) {
  const auto fault = fromJSON<TimedOut>(R"({"condition":"too late","explanation":"after 3 s"})");
  EXPECT_STREQ(fault.what(), "too late (after 3 s)");
}

TEST(FaultTest, ACopySaysTheSame) {
  const Aborted fault;
  const std::string what = fault.what();
  const Aborted copy(fault);
  EXPECT_EQ(copy.what(), what);
}

// Crunch 28: The exit status is the fault's exit code, else 172.
TEST(FaultTest, AProgramEndsWithItsExitCode) {
  Aborted fault;
  EXPECT_EQ(fault.exitStatus(), 172);
  fault.exitCode = 3;
  EXPECT_EQ(fault.exitStatus(), 3);
  for (const int none : {0, -1, 256, 512}) {
    fault.exitCode = none;
    EXPECT_EQ(fault.exitStatus(), 172) << none;
  }
}

// Crunch 28: `aborted (user or software interrupt)`.
TEST(FaultsTest, AbortedIsOfTheUserOrOfSoftware) {
  EXPECT_STREQ(Aborted().what(), "aborted (user or software interrupt)");
  EXPECT_EQ(Aborted().exitStatus(), 172);
}

// Crunch 28: `cannot listen at "127.0.0.1:5051" ([Errno 98] Address already in use)`, and the
// errno.
TEST(FaultsTest, NotListeningHasTheErrno) {
  const NotListening fault("127.0.0.1:5051", EADDRINUSE);
  EXPECT_STREQ(fault.what(),
               R"(cannot listen at "127.0.0.1:5051" ([Errno 98] Address already in use))");
  EXPECT_EQ(fault.errorCode, EADDRINUSE);
  EXPECT_EQ(fault.exitStatus(), EADDRINUSE);
}

// Crunch 28: The errno for NotConnected.
TEST(FaultsTest, NotConnectedHasTheErrno) {
  const NotConnected fault("127.0.0.1:5051", ECONNREFUSED);
  EXPECT_STREQ(fault.what(),
               R"(cannot connect to "127.0.0.1:5051" ([Errno 111] Connection refused))");
  EXPECT_EQ(fault.exitStatus(), ECONNREFUSED);
  EXPECT_STREQ(NotConnected::to("server_a", "lost").what(),
               R"(not connected to "server_a" (lost))");
  EXPECT_EQ(NotConnected::to("server_a").exitStatus(), 172);
}

// Crunch 11: TemporarilyUnavailable names what is.
TEST(FaultsTest, TemporarilyUnavailableNamesTheServices) {
  const TemporarilyUnavailable fault({"a", "b"});
  EXPECT_EQ(fault.condition, R"(required services "a, b" are temporarily unavailable)");
  EXPECT_EQ(fault.explanation, "try again later");
  EXPECT_EQ(fault.unavailable, (std::vector<std::string>{"a", "b"}));
  EXPECT_NE(toJSON(fault).find(R"("unavailable":["a","b"]})"), std::string::npos);
}

// Crunch 24: `API (<path>) is currently overloaded (shedding 10%)`.
TEST(FaultsTest, OverloadedSaysHowMuchIsShed) {
  EXPECT_EQ(Overloaded::api("/Multiply", 10).condition,
            "API (/Multiply) is currently overloaded (shedding 10%)");
}

// Crunch 25: `API (<path>) is out of service and resuming around <time> UTC (<reason>)`.
TEST(FaultsTest, OutOfServiceSaysUntilWhen) {
  EXPECT_STREQ(OutOfService::api("/Multiply", "12:30", "maintenance").what(),
               "API (/Multiply) is out of service and resuming around 12:30 UTC (maintenance)");
}

// Crunch 9: A fitting status.
TEST(FaultsTest, HaveTheirStatus) {
  EXPECT_EQ(BadRequest().status(), 400);
  EXPECT_EQ(UnknownRequest().status(), 404);
  EXPECT_EQ(MethodNotAllowed().status(), 405);
  EXPECT_EQ(TooLarge().status(), 413);
  EXPECT_EQ(UnsupportedMediaType().status(), 415);
  EXPECT_EQ(Faulted().status(), 500);
  EXPECT_EQ(Aborted().status(), 500);
  EXPECT_EQ(Overloaded().status(), 503);
  EXPECT_EQ(TemporarilyUnavailable().status(), 503);
  EXPECT_EQ(OutOfService().status(), 503);
  EXPECT_EQ(TimedOut().status(), 504);
}

TEST(FaultsTest, ThoseOfARequestNameIt) {
  EXPECT_STREQ(UnknownRequest("Modulo").what(), R"(unknown request "Modulo")");
  EXPECT_STREQ(MethodNotAllowed("Multiply", {"GET", "POST"}, "DELETE").what(),
               R"("Multiply" cannot be requested by "DELETE" (use GET, POST))");
  EXPECT_STREQ(UnsupportedMediaType("text/plain").what(),
               R"(cannot read a body of "text/plain" (send application/json))");
}

TEST(FaultsTest, WhatThePeerSentIsShortAndPrintableInThem) {
  const std::string evil = "\x1b\xff\n" + std::string(100'000, 'a');
  for (const std::string& what :
       {UnknownRequest(evil).condition, UnsupportedMediaType(evil).condition,
        MethodNotAllowed(evil, {}, evil).condition}) {
    EXPECT_LT(what.size(), 200U);
    EXPECT_EQ(roundTrip(what), what);
    EXPECT_EQ(what.find_first_of("\x1b\n"), std::string::npos);
  }
}

// Crunch 4: Predefined faults are `couplet.<Name>` on the wire.
TEST(KnownFaultsTest, HasThoseOfCouplet) {
  for (const char* name :
       {"Faulted", "Aborted", "TimedOut", "TemporarilyUnavailable", "Overloaded", "OutOfService",
        "NotListening", "NotConnected", "Closed", "Abandoned", "BadRequest", "UnknownRequest",
        "MethodNotAllowed", "TooLarge", "UnsupportedMediaType"}) {
    const std::string wireName = std::string("couplet.") + name;
    const std::unique_ptr<Fault> fault = KnownFaults().make(wireName);
    ASSERT_TRUE(fault) << name;
    EXPECT_EQ(fault->name(), wireName);
    EXPECT_EQ(fault->failure().typeName(), std::string("couplet::") + name);
  }
}

TEST(KnownFaultsTest, HasWhatIsAdded) {
  KnownFaults faults;
  EXPECT_FALSE(faults.make("crunch_api.DivideByZero"));
  faults.add<DivideByZero>();
  EXPECT_EQ(faults.make("crunch_api.DivideByZero")->status(), 422);
  EXPECT_TRUE(faults.make("couplet.Closed"));
}

}  // namespace
}  // namespace couplet
