// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/pending.h>

#include <chrono>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/defer_later.h>
#include <couplet/deferred/deferred.h>
#include <couplet/deferred/deferred_event.h>
#include <couplet/deferred/deferred_lock.h>
#include <couplet/deferred/deferred_queue.h>
#include <couplet/deferred/deferred_semaphore.h>
#include <couplet/deferred/gather_results.h>
#include <couplet/deferred/looping_call.h>
#include <couplet/deferred/race.h>
#include <couplet/deferred/testing/fake_clock.h>
#include <couplet/deferred/thread_stamp.h>

#include "tests/deferred/support/reporting_test.h"

namespace couplet {
namespace {

using namespace std::chrono_literals;

constexpr SourceLocation kHere{"main.cc", 10};
constexpr SourceLocation kThere{"main.cc", 20};
constexpr SourceLocation kElsewhere{"main.cc", 30};

class PendingTest : public testing::ReportingTest {
 protected:
  void SetUp() override {
    testing::ReportingTest::SetUp();
    if (!pendingVisible()) GTEST_SKIP() << "built without COUPLET_PENDING_VIEW";
  }

  void TearDown() override { takeReports(); }  // of what was abandoned

  static std::string description(std::size_t most = 1000) {
    std::ostringstream out;
    describePending(out, most);
    return out.str();
  }

  testing::FakeClock clock;
};

TEST_F(PendingTest, NothingIsPendingAtFirst) {
  EXPECT_TRUE(pendingDeferreds().empty());
  EXPECT_EQ(description(), "Nothing is pending.\n");
}

TEST_F(PendingTest, KnowsWhereAPromiseWasMadeAndForHowLongItWaits) {
  Promise<int> promise(kHere);
  Deferred<int> deferred = promise.deferred();
  clock.advance(1500ms);
  const auto all = pendingDeferreds();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].made.line, 10u);
  EXPECT_EQ(all[0].age, Duration(1500ms));
  EXPECT_EQ(all[0].waitsFor, "its Promise");
  EXPECT_EQ(description(),
            "1 Deferred is pending:\n"
            "- made at main.cc:10, 1.5 s ago\n"
            "    waits for its Promise\n");
}

// As a reactor has it that has waited: it need not read the clock for turns in which nobody asks.
TEST_F(PendingTest, TheFirstWhoAsksAfterAWaitLooksAtTheClock) {
  Promise<int> before(kHere);
  Deferred<int> old = before.deferred();
  ThreadStamp::timePasses([]() noexcept { return Clock::TimePoint(1h); });
  Promise<int> made(kElsewhere);
  Deferred<int> young = made.deferred();
  const auto all = pendingDeferreds();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].age, Duration(1h));
  EXPECT_EQ(all[1].age, Duration::zero());
}

TEST_F(PendingTest, AFiredDeferredIsNotPending) {
  Promise<int> promise(kHere);
  Deferred<int> deferred = promise.deferred();
  promise.callback(1);
  Deferred<int> other = succeed(2);
  EXPECT_TRUE(pendingDeferreds().empty());
}

TEST_F(PendingTest, APromiseWhoseDeferredWasNotTakenIsNotListed) {
  Promise<int> promise(kHere);
  EXPECT_TRUE(pendingDeferreds().empty());
}

TEST_F(PendingTest, ADetachedDeferredIsListed) {
  Promise<int> promise(kHere);
  promise.deferred().addCallback([](int) {}, kThere);
  EXPECT_EQ(pendingDeferreds().size(), 1u);
}

TEST_F(PendingTest, NamesAndCallbacksAreTold) {
  Promise<int> promise(kHere);
  Deferred<int> deferred = promise.deferred().named("fetch poem");
  deferred.addCallback([](int i) { return i; }, kThere);
  deferred.addErrback([](const Failure& failure) { return failure; }, kElsewhere);
  EXPECT_EQ(description(),
            "1 Deferred is pending:\n"
            "- \"fetch poem\", made at main.cc:10, 0 s ago\n"
            "    then main.cc:20, main.cc:30\n"
            "    waits for its Promise\n");
}

TEST_F(PendingTest, AnInnerDeferredStandsBelowTheOneThatWaitsForIt) {
  Promise<int> inner(kThere);
  Promise<void> outer(kHere);
  Deferred<int> deferred =
      outer.deferred().addCallback([&] { return inner.deferred().named("inner"); }, kElsewhere);
  outer.callback();
  EXPECT_EQ(description(),
            "2 Deferreds are pending:\n"
            "- made at main.cc:10, 0 s ago\n"
            "    waits for the Deferred\n"
            "    - \"inner\", made at main.cc:20, 0 s ago\n"
            "        waits for its Promise\n");
}

TEST_F(PendingTest, ATimerIsTold) {
  Deferred<void> later = deferLater(clock, 3s, kHere);
  clock.advance(500ms);
  EXPECT_EQ(description(),
            "1 Deferred is pending:\n"
            "- made at main.cc:10, 0.5 s ago\n"
            "    waits for a timer that is due in 2.5 s\n");
}

TEST_F(PendingTest, ALockIsToldWithWhoHoldsIt) {
  DeferredLock lock;
  std::optional<Acquired> held;
  Deferred<void> holder = lock.acquire(kHere).addCallback([&](Acquired a) { held = std::move(a); });
  clock.advance(2s);
  Deferred<Acquired> waiter = lock.acquire(kThere);
  EXPECT_EQ(description(),
            "1 Deferred is pending:\n"
            "- made at main.cc:20, 0 s ago\n"
            "    waits for a lock, held for 2 s by the one who asked at main.cc:10\n");
}

TEST_F(PendingTest, ASemaphoreIsToldWithWhoTookTheLastToken) {
  DeferredSemaphore semaphore(2);
  auto first = semaphore.acquire(kHere);
  auto second = semaphore.acquire(kThere);
  Deferred<Acquired> waiter = semaphore.acquire(kElsewhere);
  EXPECT_EQ(
      description(),
      "1 Deferred is pending:\n"
      "- made at main.cc:30, 0 s ago\n"
      "    waits for one of 2 tokens, the last held for 0 s by the one who asked at main.cc:20\n");
}

TEST_F(PendingTest, AQueueIsTold) {
  DeferredQueue<int> queue;
  auto first = queue.get(kHere);
  Deferred<int> waiter = queue.get(kThere);
  EXPECT_EQ(description(),
            "2 Deferreds are pending:\n"
            "- made at main.cc:10, 0 s ago\n"
            "    waits for an item of a queue, one of 2 in line\n"
            "- made at main.cc:20, 0 s ago\n"
            "    waits for an item of a queue, one of 2 in line\n");
}

TEST_F(PendingTest, AnEventIsTold) {
  DeferredEvent event;
  Deferred<void> waiter = event.wait(kHere);
  EXPECT_EQ(pendingDeferreds().at(0).waitsFor, "an event");
}

TEST_F(PendingTest, TheInputsOfAGatherStandBelowIt) {
  Promise<int> one(kThere);
  Promise<std::string> other(kElsewhere);
  auto both = gatherResults(one.deferred().named("one"), other.deferred());
  const auto all = pendingDeferreds();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[2].waitsOn, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(all[0].name, "one");
  EXPECT_EQ(all[1].callbacks.size(), 1u);
}

Deferred<int> body(Deferred<int> what) { co_return co_await std::move(what); }

TEST_F(PendingTest, ACoroutineIsOneChainWithTheLineWhereItWaits) {
  Promise<int> promise(kHere);
  Deferred<int> coroutine = body(promise.deferred()).named("body");
  const auto all = pendingDeferreds();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[1].name, "body");
  ASSERT_TRUE(all[1].suspendedAt);
  EXPECT_EQ(all[1].suspendedAt->line, static_cast<unsigned>(__LINE__ - 9));
  EXPECT_EQ(all[1].waitsOn, std::vector<std::size_t>{0});
  EXPECT_EQ(all[1].waitsFor, "");
}

TEST_F(PendingTest, TwoThatAreToFireEachOtherAreACircle) {
  Promise<int> one(kHere);
  Promise<int> other(kThere);
  Deferred<int> second = other.deferred();
  Deferred<void> first = one.deferred().chainDeferred(std::move(other), kElsewhere);
  Deferred<void> third = std::move(second).chainDeferred(std::move(one), kElsewhere);
  EXPECT_EQ(description(),
            "2 Deferreds are pending:\n"
            "- made at main.cc:10, 0 s ago\n"
            "    then main.cc:30\n"
            "    waits for the Deferred\n"
            "    - made at main.cc:20, 0 s ago\n"
            "        then main.cc:30\n"
            "        waits for the Deferred\n"
            "        - made at main.cc:10, 0 s ago: see above\n");
  third.cancel();
}

TEST_F(PendingTest, APausedDeferredWithAResultIsPending) {
  Promise<int> promise(kHere);
  Deferred<int> deferred = promise.deferred();
  deferred.pause();
  deferred.addCallback([](int i) { return i; }, kThere);
  promise.callback(1);
  EXPECT_EQ(pendingDeferreds().at(0).waitsFor, "unpause()");
  deferred.unpause();
  EXPECT_TRUE(pendingDeferreds().empty());
}

TEST_F(PendingTest, ACancellerMaySayWhatItWouldStop) {
  struct Job {
    void operator()() const {}
    std::string waitsFor() const { return "job 7"; }
  };
  Promise<int> promise(Job(), kHere);
  Deferred<int> deferred = promise.deferred();
  EXPECT_EQ(pendingDeferreds().at(0).waitsFor, "job 7");
}

TEST_F(PendingTest, TheConnectionIsToldAlsoOfWhatItWaitsFor) {
  const ConnectionEvent event(7);
  Promise<int> promise(kHere);
  Deferred<int> deferred = promise.deferred();
  EXPECT_EQ(pendingDeferreds().at(0).connection, "connection 7, lost");
}

TEST_F(PendingTest, OfManyTheOldestArePrinted) {
  std::vector<Promise<int>> promises;
  std::vector<Deferred<int>> deferreds;
  for (unsigned i = 1; i <= 5; ++i) {
    deferreds.push_back(promises.emplace_back(SourceLocation{"main.cc", i}).deferred());
  }
  EXPECT_EQ(description(2),
            "5 Deferreds are pending:\n"
            "- made at main.cc:1, 0 s ago\n"
            "    waits for its Promise\n"
            "- made at main.cc:2, 0 s ago\n"
            "    waits for its Promise\n"
            "... and 3 more\n");
}

TEST_F(PendingTest, AMillionThatEachWaitOnTheNextAreDescribed) {
  Promise<void> last(kHere);
  Deferred<void> chain = last.deferred();
  for (int i = 0; i < 100'000; ++i) {
    chain = [](Deferred<void> next) -> Deferred<void> {
      co_await std::move(next);
    }(std::move(chain));
  }
  EXPECT_EQ(pendingDeferreds().size(), 100'001u);
  EXPECT_NE(description().find("... and 99001 more\n"), std::string::npos);
}

// Who waits may be many, and a name may come from anywhere.
TEST_F(PendingTest, NamesAreEscapedAndCutShort) {
  Promise<int> promise(kHere);
  Deferred<int> deferred = promise.deferred().named("a\n- \x1b[31m" + std::string(300, 'x'));
  EXPECT_NE(description().find("- \"a\\x0a- \\x1b[31m" + std::string(191, 'x') + "...\", made at"),
            std::string::npos)
      << description();
}

TEST_F(PendingTest, OfManyCallbacksTheFirstArePrinted) {
  Promise<int> promise(kHere);
  Deferred<int> deferred = promise.deferred();
  for (unsigned i = 1; i <= 20; ++i) {
    deferred.addCallback([](int v) { return v; }, SourceLocation{"main.cc", i});
  }
  EXPECT_EQ(pendingDeferreds().at(0).callbacks.size(), 20u);
  EXPECT_NE(description().find("main.cc:8 and 12 more\n"), std::string::npos) << description();
}

TEST_F(PendingTest, ManyWhoWaitForALockAreDescribedInNoTime) {
  DeferredLock lock;
  std::vector<Deferred<Acquired>> waiting;
  for (int i = 0; i < 100'000; ++i) waiting.push_back(lock.acquire(kHere));
  EXPECT_NE(description().find(", one of 99999 in line\n"), std::string::npos);
  for (Deferred<Acquired>& each : waiting) std::move(each).discard();
}

struct Stops {
  std::string* text;
  void operator()() const { *text = pendingDeferreds().at(0).waitsFor; }
  std::string waitsFor() const { return "a job"; }
};

TEST_F(PendingTest, ACancellerThatRunsIsNotAsked) {
  std::string text;
  Promise<int> promise(Stops{&text}, kHere);
  Deferred<int> deferred = promise.deferred();
  deferred.cancel();
  EXPECT_EQ(text, "its canceller, which runs now");
}

struct Throws {
  void operator()() const {}
  std::string waitsFor() const { throw std::runtime_error("no idea"); }
};

TEST_F(PendingTest, ACancellerThatThrowsHidesNothing) {
  Promise<int> promise(Throws(), kHere);
  Promise<int> other(kThere);
  Deferred<int> deferred = promise.deferred();
  Deferred<int> second = other.deferred();
  const auto all = pendingDeferreds();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].waitsFor, "what cannot be told: no idea");
}

class Described final : public WaitDescription {
 public:
  std::string waitsFor() const override { return "data"; }
};

TEST_F(PendingTest, ADescriptionIsAskedUntilTheEnd) {
  auto description = std::make_unique<Described>();
  Promise<int> promise(kHere);
  promise.describeBy(*description);
  Promise<int> second(kThere);
  Deferred<int> last = second.deferred().addBoth([&](Result<int> result) {
    description.reset();
    EXPECT_EQ(pendingDeferreds().size(), 2u);
    return result;
  });
  Deferred<void> first = promise.deferred().chainDeferred(std::move(second));
  first.addCallback([] {}, kElsewhere);
  EXPECT_EQ(pendingDeferreds().at(0).waitsFor, "data");
  first.cancel();
}

// Also the callback that answered with a coroutine, and is kept until that has ended.
TEST_F(PendingTest, ACallbackThatHasRunIsNotListed) {
  Promise<int> inner(kHere);
  Promise<void> outer(kThere);
  Deferred<int> deferred = outer.deferred()
                               .addCallback([&] { return body(inner.deferred()); }, kHere)
                               .addCallback([](int i) { return i; }, kElsewhere);
  outer.callback();
  const auto all = pendingDeferreds();
  ASSERT_EQ(all.size(), 3u);
  ASSERT_EQ(all[1].callbacks.size(), 1u);
  EXPECT_EQ(all[1].callbacks[0], kElsewhere);
}

TEST_F(PendingTest, APausedDeferredThatWaitsSaysBoth) {
  Deferred<void> later = deferLater(clock, 1s, kHere);
  later.pause();
  EXPECT_EQ(pendingDeferreds().at(0).waitsFor, "unpause(), and a timer that is due in 1 s");
  later.unpause();
}

TEST_F(PendingTest, TheNameOfADeferredThatOnlyWaitsIsKept) {
  Promise<int> inner(kHere);
  Promise<void> middle(kThere);
  Promise<void> outer(kElsewhere);
  Deferred<int> deferred = outer.deferred().addCallback([&] {
    return middle.deferred().named("middle").addCallback([&] { return inner.deferred(); });
  });
  outer.callback();
  middle.callback();
  const auto all = pendingDeferreds();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].name, "middle");
}

TEST_F(PendingTest, TheListOutlivesTheDeferreds) {
  std::vector<PendingDeferred> all;
  {
    Promise<int> promise(kHere);
    Deferred<int> deferred = promise.deferred().named("gone");
    all = pendingDeferreds();
  }
  EXPECT_EQ(all.at(0).name, "gone");
}

}  // namespace
}  // namespace couplet
