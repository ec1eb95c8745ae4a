// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What every Clock does, whether its time is real or not.
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/deferred/testing/fake_clock.h>

#include "any_reactor.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A Clock, and a way to let its time pass, once.
struct SomeClock {
  std::unique_ptr<Clock> clock;
  std::function<void(Duration)> pass;
};

struct ClockKind {
  std::string name;
  std::function<SomeClock()> make;
};

void PrintTo(const ClockKind& kind, std::ostream* out) { *out << kind.name; }

template <class Fake>
SomeClock advancing() {
  auto clock = std::make_unique<Fake>();
  Fake& fake = *clock;
  return {std::move(clock), [&fake](Duration time) { fake.advance(time); }};
}

/// A few turns later, so that what the calls of one turn ask for without delay still comes.
void stopSoon(Reactor& reactor, int turns) {
  if (turns == 0) return reactor.stop();
  reactor.callLater(0s, [&reactor, turns] { stopSoon(reactor, turns - 1); });
}

SomeClock running(const ReactorKind& kind) {
  std::unique_ptr<Reactor> reactor = kind.make();
  Reactor& runs = *reactor;
  return {std::move(reactor), [&runs](Duration time) {
            runs.callLater(time, [&runs] { stopSoon(runs, 3); });
            runs.run();
          }};
}

class ClockSuite : public ::testing::TestWithParam<ClockKind> {
 protected:
  DelayedCall callLater(Duration delay, std::string name) {
    return clock().callLater(delay, [this, name] { called.push_back(name); });
  }
  Clock& clock() { return *some.clock; }
  void pass(Duration time) { some.pass(time); }

  SomeClock some = GetParam().make();
  std::vector<std::string> called;
};

INSTANTIATE_TEST_SUITE_P(
    All, ClockSuite,
    ::testing::Values(ClockKind{"FakeClock", advancing<testing::FakeClock>},
                      ClockKind{"MemoryReactor", advancing<testing::MemoryReactor>},
                      ClockKind{"MemoryReactorRunning", [] { return running(kMemory); }},
                      ClockKind{"LibeventReactor", [] { return running(kLibevent); }}),
    kindName);

TEST_P(ClockSuite, CallsInTheOrderOfTime) {
  callLater(3ms, "third");
  callLater(1ms, "first");
  callLater(2ms, "second");
  pass(5ms);
  EXPECT_THAT(called, ElementsAre("first", "second", "third"));
}

TEST_P(ClockSuite, CallsOfTheSameTimeComeInTheOrderInWhichTheyWereMade) {
  for (const char* name : {"a", "b", "c", "d"}) callLater(0ms, name);
  pass(1ms);
  EXPECT_THAT(called, ElementsAre("a", "b", "c", "d"));
}

TEST_P(ClockSuite, NeverCallsFromInsideCallLater) {
  callLater(0ms, "call");
  EXPECT_THAT(called, IsEmpty());
  pass(1ms);
  EXPECT_THAT(called, ElementsAre("call"));
}

TEST_P(ClockSuite, DoesNotCallBeforeTheTime) {
  Clock::TimePoint made = clock().now();
  Duration waited{};
  clock().callLater(3ms, [&] { waited = clock().now() - made; });
  pass(5ms);
  EXPECT_GE(waited, 3ms);
}

TEST_P(ClockSuite, DoesNotCallWhatIsNotDue) {
  DelayedCall call = callLater(10h, "late");
  pass(1ms);
  EXPECT_THAT(called, IsEmpty());
  EXPECT_TRUE(call.active());
}

TEST_P(ClockSuite, RefusesANegativeDelay) {
  EXPECT_THROW(callLater(-1ms, "never"), std::invalid_argument);
}

TEST_P(ClockSuite, ACancelledCallDoesNotCome) {
  DelayedCall call = callLater(1ms, "cancelled");
  callLater(1ms, "other");
  call.cancel();
  EXPECT_FALSE(call.active());
  pass(3ms);
  EXPECT_THAT(called, ElementsAre("other"));
  EXPECT_THROW(call.cancel(), AlreadyCancelled);
}

TEST_P(ClockSuite, CancellingDestroysTheClosureAtOnce) {
  auto kept = std::make_shared<int>();
  DelayedCall call = clock().callLater(1ms, [kept] {});
  EXPECT_EQ(kept.use_count(), 2);
  call.cancel();
  EXPECT_EQ(kept.use_count(), 1);
}

TEST_P(ClockSuite, ACallThatHasComeCannotBeCancelledOrMoved) {
  DelayedCall call = callLater(1ms, "call");
  pass(3ms);
  EXPECT_FALSE(call.active());
  EXPECT_THROW(call.cancel(), AlreadyCalled);
  EXPECT_THROW(call.reset(1ms), AlreadyCalled);
  EXPECT_THROW(call.delay(1ms), AlreadyCalled);
}

TEST_P(ClockSuite, ACallIsInactiveWhileItRuns) {
  DelayedCall call;
  bool active = true;
  call = clock().callLater(1ms, [&] { active = call.active(); });
  pass(3ms);
  EXPECT_FALSE(active);
}

TEST_P(ClockSuite, ResetMovesACallBack) {
  DelayedCall call = callLater(1ms, "reset");
  callLater(2ms, "other");
  call.reset(3ms);
  pass(6ms);
  EXPECT_THAT(called, ElementsAre("other", "reset"));
}

TEST_P(ClockSuite, ResetMovesACallForward) {
  DelayedCall call = callLater(10h, "reset");
  callLater(2ms, "other");
  call.reset(1ms);
  pass(4ms);
  EXPECT_THAT(called, ElementsAre("reset", "other"));
}

TEST_P(ClockSuite, DelayAddsToTheTime) {
  DelayedCall call = callLater(1ms, "delayed");
  callLater(2ms, "other");
  Clock::TimePoint before = call.getTime();
  call.delay(2ms);
  EXPECT_EQ(call.getTime(), before + 2ms);
  pass(6ms);
  EXPECT_THAT(called, ElementsAre("other", "delayed"));
}

TEST_P(ClockSuite, ACallMayMakeACall) {
  clock().callLater(1ms, [this] {
    called.push_back("outer");
    callLater(0ms, "inner");
  });
  pass(5ms);
  EXPECT_THAT(called, ElementsAre("outer", "inner"));
}

TEST_P(ClockSuite, ACallMayCancelAnotherOfTheSameTime) {
  DelayedCall second;
  clock().callLater(0ms, [&] { second.cancel(); });
  second = callLater(0ms, "second");
  callLater(0ms, "third");
  pass(2ms);
  EXPECT_THAT(called, ElementsAre("third"));
}

TEST_P(ClockSuite, ACallThatIsNotHeldComesAllTheSame) {
  { DelayedCall dropped = callLater(1ms, "call"); }
  pass(3ms);
  EXPECT_THAT(called, ElementsAre("call"));
}

TEST_P(ClockSuite, CopiesMeanTheSameCall) {
  DelayedCall call = callLater(1ms, "call");
  DelayedCall copy = call;
  copy.cancel();
  EXPECT_FALSE(call.active());
  EXPECT_THROW(call.cancel(), AlreadyCancelled);
}

TEST_P(ClockSuite, OutlivesItsClockHarmlessly) {
  auto kept = std::make_shared<int>();
  DelayedCall call = clock().callLater(1ms, [kept] {});
  some.clock.reset();
  EXPECT_FALSE(call.active());
  EXPECT_EQ(kept.use_count(), 1);
  call.cancel();
  call.reset(1ms);
  call.delay(1ms);
}

TEST_P(ClockSuite, AClosureThatDiesWithTheClockMayAskForCalls) {
  Clock& dying = clock();
  std::shared_ptr<void> atTheEnd(nullptr, [&](void*) { dying.callLater(0ms, [] {}); });
  clock().callLater(1ms, [atTheEnd] {});
  atTheEnd.reset();
  some.clock.reset();
}

TEST_P(ClockSuite, TimeDoesNotGoBackwards) {
  Clock::TimePoint before = clock().now();
  pass(2ms);
  EXPECT_GE(clock().now(), before + 2ms);
}

}  // namespace
}  // namespace couplet
