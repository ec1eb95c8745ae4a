// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/timer_queue.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/clock.h>

namespace couplet {
namespace {

using namespace std::chrono_literals;

class StandingClock : public Clock {
 public:
  TimePoint now() const override { return TimePoint{} + time; }
  DelayedCall callLater(Duration, Callable<void()>, SourceLocation) override { return {}; }

  Duration time{};
};

class TimerQueueTest : public ::testing::Test {
 protected:
  Callable<void()> say(std::string word) {
    return [this, word = std::move(word)] { said += word; };
  }
  void runRound() {
    auto mark = timers->mark();
    while (timers->runNextDue(clock.now(), mark)) {
    }
  }

  StandingClock clock;
  std::optional<TimerQueue> timers{std::in_place, clock};
  std::string said;
};

TEST_F(TimerQueueTest, RunsWhatIsDueInOrderOfTime) {
  timers->add(3s, say("c"));
  timers->add(1s, say("a"));
  timers->add(2s, say("b"));
  timers->add(4s, say("d"));
  clock.time = 3s;
  runRound();
  EXPECT_EQ(said, "abc");
  EXPECT_EQ(timers->size(), 1u);
}

TEST_F(TimerQueueTest, RunsCallsOfTheSameTimeInTheOrderTheyWereMade) {
  for (char letter = 'a'; letter <= 'z'; ++letter) timers->add(1s, say({letter}));
  clock.time = 1s;
  runRound();
  EXPECT_EQ(said, "abcdefghijklmnopqrstuvwxyz");
}

TEST_F(TimerQueueTest, ACallMadeInARoundRunsInTheNext) {
  timers->add(0s, [this] {
    said += "a";
    timers->add(0s, say("c"));
  });
  timers->add(0s, say("b"));
  runRound();
  EXPECT_EQ(said, "ab");
  runRound();
  EXPECT_EQ(said, "abc");
}

TEST_F(TimerQueueTest, ACallThatIsResetInARoundToNowRunsInTheNext) {
  DelayedCall later = timers->add(5s, say("b"));
  timers->add(0s, [&] {
    said += "a";
    later.reset(0s);
  });
  runRound();
  EXPECT_EQ(said, "a");
  runRound();
  EXPECT_EQ(said, "ab");
}

TEST_F(TimerQueueTest, KnowsTheTimeBeforeWhichNothingIsDue) {
  EXPECT_FALSE(timers->earliest());
  timers->add(3s, say("a"));
  timers->add(2s, say("b"));
  EXPECT_EQ(timers->earliest(), clock.now() + 2s);
}

TEST_F(TimerQueueTest, APushedBackCallIsFoundLateWhenItsFirstTimeComes) {
  DelayedCall deadline = timers->add(1s, say("a"));
  for (int i = 0; i < 100; ++i) deadline.reset(10s);
  EXPECT_EQ(timers->earliest(), clock.now() + 1s);
  clock.time = 1s;
  runRound();
  EXPECT_EQ(said, "");
  EXPECT_EQ(timers->earliest(), clock.now() + 9s);
}

TEST_F(TimerQueueTest, CancelDestroysTheClosureAtOnce) {
  auto token = std::make_shared<int>(1);
  DelayedCall call = timers->add(1s, [token] {});
  call.cancel();
  EXPECT_EQ(token.use_count(), 1);
  EXPECT_EQ(timers->size(), 0u);
}

TEST_F(TimerQueueTest, TheClosureIsDestroyedOnceItHasRun) {
  auto token = std::make_shared<int>(1);
  DelayedCall call = timers->add(0s, [token] {});
  runRound();
  EXPECT_EQ(token.use_count(), 1);
}

TEST_F(TimerQueueTest, AThrowingCallIsGoneAndTheOthersStay) {
  DelayedCall bad = timers->add(0s, [] { throw std::runtime_error("bad"); });
  timers->add(0s, say("a"));
  EXPECT_THROW(runRound(), std::runtime_error);
  EXPECT_FALSE(bad.active());
  runRound();
  EXPECT_EQ(said, "a");
}

TEST_F(TimerQueueTest, ACallMayCancelAnotherThatIsDue) {
  DelayedCall second;
  timers->add(0s, [&] { second.cancel(); });
  second = timers->add(0s, say("never"));
  runRound();
  EXPECT_EQ(said, "");
}

TEST_F(TimerQueueTest, HandlesOutliveTheQueueAndAreInactive) {
  auto token = std::make_shared<int>(1);
  DelayedCall call = timers->add(1s, [token] {});
  DelayedCall copy = call;
  timers.reset();
  EXPECT_EQ(token.use_count(), 1);
  EXPECT_FALSE(call.active());
  EXPECT_NO_THROW(call.cancel());
  EXPECT_NO_THROW(copy.reset(1s));
  EXPECT_NO_THROW(copy.delay(1s));
}

TEST_F(TimerQueueTest, AClosureThatDiesWithTheQueueMayMakeCalls) {
  struct CallsBack {
    explicit CallsBack(TimerQueue& timers) : timers(timers) {}
    ~CallsBack() {
      EXPECT_FALSE(timers.add(0s, [] {}).active());
    }
    TimerQueue& timers;
  };
  timers->add(1s, [guard = std::make_unique<CallsBack>(*timers)] {});
  timers.reset();
}

TEST_F(TimerQueueTest, AClosureThatDiesWithTheQueueMayCancelAnother) {
  struct Canceller {
    explicit Canceller(DelayedCall call) : call(std::move(call)) {}
    ~Canceller() { call.cancel(); }
    DelayedCall call;
  };
  DelayedCall other = timers->add(2s, say("never"));
  timers->add(1s, [guard = std::make_unique<Canceller>(other)] {});
  timers.reset();
  EXPECT_FALSE(other.active());
}

TEST_F(TimerQueueTest, ANegativeDelayThrows) {
  EXPECT_THROW(timers->add(-1ns, say("never")), std::invalid_argument);
}

TEST_F(TimerQueueTest, AnEndlessDelayNeverComes) {
  clock.time = 1h;
  DelayedCall call = timers->add(Duration::max(), say("never"));
  call.delay(Duration::max());
  clock.time = 1000h;
  runRound();
  EXPECT_TRUE(call.active());
}

struct Scheduled {
  Duration time;
  int order;  // of the call or its last reset
  int id;

  bool operator<(const Scheduled& other) const {
    return time != other.time ? time < other.time : order < other.order;
  }
};

TEST_F(TimerQueueTest, KeepsTheOrderThroughAMillionCallsResetsAndCancels) {
  constexpr int kCalls = 1'000'000;
  std::mt19937 random(1);
  std::vector<DelayedCall> calls(kCalls);
  std::vector<Scheduled> expected(kCalls);
  std::vector<int> ran;
  int order = 0;
  for (int id = 0; id < kCalls; ++id) {
    expected[id] = {Duration(random() % 1000), order++, id};
    calls[id] = timers->add(expected[id].time, [&ran, id] { ran.push_back(id); });
  }
  for (int id = 0; id < kCalls; id += 3) {
    expected[id] = {Duration(random() % 1000), order++, id};
    calls[id].reset(expected[id].time);
  }
  for (int id = 1; id < kCalls; id += 3) calls[id].cancel();
  std::erase_if(expected, [](const Scheduled& call) { return call.id % 3 == 1; });
  std::sort(expected.begin(), expected.end());
  clock.time = 1000ns;
  runRound();
  ASSERT_EQ(ran.size(), expected.size());
  EXPECT_TRUE(std::equal(ran.begin(), ran.end(), expected.begin(),
                         [](int id, const Scheduled& call) { return id == call.id; }));
}

}  // namespace
}  // namespace couplet
