// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/deferred_event.h>

#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/testing/results.h>

#include "tests/deferred/support/allocations.h"
#include "tests/deferred/support/lives.h"
#include "tests/deferred/support/reporting_test.h"

namespace couplet {
namespace {

using testing::assertNoResult;
using testing::Counted;
using testing::failureResultOf;
using testing::successResultOf;

/// An event, and who has been waiting for it.
class DeferredEventTest : public testing::ReportingTest {
 protected:
  Deferred<void> wait(char who) {
    return event->wait().addCallback([this, who] { order += who; });
  }

  std::optional<DeferredEvent> event{std::in_place};
  std::string order;
};

TEST_F(DeferredEventTest, FiresAllWhoWaitInOrder) {
  auto a = wait('a'), b = wait('b');
  EXPECT_FALSE(event->isSet());
  EXPECT_EQ(event->waiting(), 2u);
  event->set();
  EXPECT_TRUE(event->isSet());
  EXPECT_EQ(order, "ab");
  EXPECT_EQ(event->waiting(), 0u);
}

TEST_F(DeferredEventTest, WhoWaitsForOneThatIsSetGoesOnAtOnce) {
  event->set();
  event->set();
  successResultOf(event->wait());
}

TEST_F(DeferredEventTest, ClearedItIsWaitedForAgain) {
  event->set();
  event->clear();
  EXPECT_FALSE(event->isSet());
  auto a = event->wait();
  assertNoResult(a);
  event->set();
  successResultOf(a);
}

TEST_F(DeferredEventTest, OneWhoClearsItKeepsNobodyWaiting) {
  auto a = wait('a').addCallback([&] { event->clear(); });
  auto b = wait('b');
  event->set();
  EXPECT_EQ(order, "ab");
  EXPECT_FALSE(event->isSet());
}

TEST_F(DeferredEventTest, OneWhoWaitsAgainWaitsForTheNextTime) {
  auto a = wait('a').addCallback([&] {
    event->clear();
    return wait('c');
  });
  auto b = wait('b');
  event->set();
  EXPECT_EQ(order, "ab");
  event->set();
  EXPECT_EQ(order, "abc");
}

TEST_F(DeferredEventTest, OneWhoSetsItAgainFiresThoseWhoCameMeanwhile) {
  Deferred<void> late;
  auto a = wait('a').addCallback([&] {
    event->clear();
    late = wait('c');
    event->set();
    EXPECT_EQ(order, "a");
  });
  auto b = wait('b');
  event->set();
  EXPECT_EQ(order, "abc");
}

TEST_F(DeferredEventTest, CancellingGivesUpWaiting) {
  auto a = wait('a'), b = wait('b');
  a.cancel();
  EXPECT_EQ(event->waiting(), 1u);
  failureResultOf<CancelledError>(a);
  event->set();
  EXPECT_EQ(order, "b");
}

TEST_F(DeferredEventTest, OneWhoWaitsMayCancelTheNext) {
  Deferred<void> b;
  auto a = wait('a').addCallback([&] { b.cancel(); });
  b = wait('b');
  event->set();
  EXPECT_EQ(order, "a");
  failureResultOf<CancelledError>(b);
}

TEST_F(DeferredEventTest, DiscardingGivesUpWaiting) {
  int alive = 0;
  wait('a').addCallback([counted = Counted(alive)] {}).discard();
  EXPECT_EQ(alive, 0);
  event->set();
  EXPECT_EQ(order, "");
}

TEST_F(DeferredEventTest, WhoIsDroppedIsFired) {
  wait('a');
  event->set();
  EXPECT_EQ(order, "a");
}

TEST_F(DeferredEventTest, DestroyedItFailsThoseWhoWait) {
  auto a = event->wait(), b = event->wait();
  event.reset();
  failureResultOf<AbandonedError>(a);
  failureResultOf<AbandonedError>(b);
}

TEST_F(DeferredEventTest, WhoWaitsMayDestroyIt) {
  auto a = wait('a').addCallback([&] { event.reset(); });
  auto b = wait('b');
  event->set();
  EXPECT_EQ(order, "a");
  failureResultOf<AbandonedError>(b);
}

// Of any number who set it again, none takes stack of the next.
TEST_F(DeferredEventTest, ALongLineIsFiredInALoop) {
  int fired = 0;
  for (int i = 0; i < 100000; ++i) {
    event->wait().addCallback([&] {
      ++fired;
      event->clear();
      event->set();
    });
  }
  event->set();
  EXPECT_EQ(fired, 100000);
}

TEST_F(DeferredEventTest, WaitingTakesNoHeapMemory) {
  if (!detail::kRecycles) GTEST_SKIP() << "under ASan nothing is recycled";
  auto cycle = [this] {
    auto a = event->wait(), b = event->wait();
    event->set();
    event->clear();
  };
  for (int i = 0; i < 10; ++i) cycle();
  const long before = testing::allocations();
  for (int i = 0; i < 100; ++i) cycle();
  EXPECT_EQ(testing::allocations(), before);
}

}  // namespace
}  // namespace couplet
