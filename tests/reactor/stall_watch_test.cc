// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a stall detector decides, at given times and on one thread.
#include <couplet/reactor/detail/stall_watch.h>

#include <chrono>
#include <optional>
#include <ostream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace couplet::detail {
namespace {

using namespace std::chrono_literals;

/// The thread of the test is the one that is watched, and asks, too.
class StallWatchTest : public ::testing::Test, private SiteWatcher {
  WatchedThread watched_{*this};

 protected:
  static StallWatch::TimePoint at(Duration time) { return StallWatch::TimePoint(1h + time); }

  /// The report that is due at that time, or "".
  std::string check(Duration time) {
    std::ostringstream out;
    if (auto stall = watch.check(at(time))) out << *stall;
    return out.str();
  }
  std::optional<Duration> nextCheck(Duration time) {
    auto next = watch.nextCheck(at(time));
    return next ? std::optional<Duration>(*next - at(0s)) : std::nullopt;
  }
  void begin(Duration time) {
    now = time;
    running.emplace(SourceLocation{"poems.cc", 60}, "call set at");
  }
  /// Whether its end is to be reported.
  bool end(Duration time) {
    now = time;
    running.reset();
    return ended_;
  }

  Duration now{};
  std::optional<RunningSite> running;
  StallWatch watch{100ms, SiteRecord::ofThisThread()};

 private:
  void begun(const CallSite& site, const SiteSubject& subject) noexcept override {
    watch.begin(at(now), site, subject);
  }
  void ended() noexcept override { ended_ = watch.end(at(now)); }

  bool ended_ = false;
};

TEST_F(StallWatchTest, WhatRunsForTheLimitIsReportedOnceAndWhenItIsOver) {
  begin(0ms);
  EXPECT_EQ(check(99ms), "");
  EXPECT_EQ(check(100ms),
            "A callback blocks the reactor, for 100 ms so far: call set at poems.cc:60");
  EXPECT_EQ(check(200ms), "");
  EXPECT_EQ(check(1h), "");
  EXPECT_TRUE(end(1530ms));
  EXPECT_EQ(check(1600ms), "A callback blocked the reactor for 1.53 s: call set at poems.cc:60");
  EXPECT_EQ(check(1600ms), "");
}

TEST_F(StallWatchTest, WhatIsOverBeforeTheLimitIsNot) {
  begin(0ms);
  EXPECT_FALSE(end(99ms));
  EXPECT_EQ(check(200ms), "");
}

// As when the watchdog had no turn: at most one report, and none for what it did not see.
TEST_F(StallWatchTest, WhatIsOverBeforeAnybodyLooksIsNot) {
  begin(0ms);
  EXPECT_FALSE(end(5s));
  EXPECT_EQ(check(6s), "");
  begin(6s);
  EXPECT_EQ(check(6s + 99ms), "");
}

TEST_F(StallWatchTest, EachOneIsMeasuredFromItsOwnBegin) {
  for (auto time = 0ms; time < 1000ms; time += 60ms) {
    begin(time);
    EXPECT_EQ(check(time + 50ms), "");
    EXPECT_FALSE(end(time + 60ms));
  }
}

TEST_F(StallWatchTest, AnEndIsReportedBeforeTheNextOne) {
  begin(0ms);
  EXPECT_NE(check(150ms), "");
  EXPECT_TRUE(end(200ms));
  begin(200ms);
  EXPECT_EQ(check(400ms), "A callback blocked the reactor for 200 ms: call set at poems.cc:60");
  EXPECT_EQ(check(400ms),
            "A callback blocks the reactor, for 200 ms so far: call set at poems.cc:60");
}

TEST_F(StallWatchTest, TheInnermostCallbackIsNamedAndWhatItRunsFor) {
  begin(0ms);
  {
    const RunningSite callback({"poems.cc", 42});
    const RunningSite inner({"poems.cc", 43}, kCoroutineSite);
    auto stall = watch.check(at(100ms));
    ASSERT_TRUE(stall);
    EXPECT_EQ(stall->where.line, 43u);
    EXPECT_EQ(stall->callback, "coroutine that waited at poems.cc:43, for call set at poems.cc:60");
  }
  end(200ms);
  auto over = watch.check(at(200ms));
  ASSERT_TRUE(over);
  EXPECT_TRUE(over->over);
  EXPECT_EQ(over->where.line, 43u);
  EXPECT_EQ(over->callback, "coroutine that waited at poems.cc:43, for call set at poems.cc:60");
}

TEST_F(StallWatchTest, ASubjectIsPrintedFromItsWords) {
  running.emplace([](CallSite& site, SiteSubject& subject) {
    site = {"asked for at", {"poems.cc", 60}};
    subject.print = [](std::ostream& out, const SiteSubject::Words& words) {
      out << "connection " << words[0] << words[5];
    };
    subject.words = {4, 0, 0, 0, 0, 2};
  });
  EXPECT_EQ(watch.check(at(100ms))->callback, "connection 42, asked for at poems.cc:60");
  end(200ms);
}

TEST_F(StallWatchTest, APlaceThatIsNotKnownIsLeftOut) {
  running.emplace(SourceLocation(), "connection");
  EXPECT_EQ(watch.check(at(100ms))->callback, "connection");
  end(200ms);
}

// Of the watchdog's sleep.
TEST_F(StallWatchTest, TheNextLookIsWhenWhatRunsMayBecomeAStall) {
  begin(10ms);
  EXPECT_EQ(nextCheck(20ms), 110ms);
  EXPECT_EQ(nextCheck(90ms), 110ms);
}

TEST_F(StallWatchTest, NobodyLooksWhileNothingBegins) {
  EXPECT_EQ(nextCheck(0ms), std::nullopt);
  begin(10ms);
  end(20ms);
  EXPECT_EQ(nextCheck(30ms), 80ms);  // something began since
  EXPECT_EQ(nextCheck(80ms), std::nullopt);
}

TEST_F(StallWatchTest, NobodyLooksAgainAtWhatWasReportedUntilItIsOver) {
  begin(0ms);
  check(100ms);
  EXPECT_EQ(nextCheck(100ms), std::nullopt);
  EXPECT_TRUE(end(300ms));
  EXPECT_NE(check(300ms), "");
  EXPECT_EQ(nextCheck(300ms), 350ms);
}

TEST_F(StallWatchTest, DurationsAreShortToRead) {
  const auto print = [](Duration duration) {
    std::ostringstream out;
    out << Stall{true, duration, {}, "x"};
    return out.str();
  };
  EXPECT_EQ(print(7ms + 900us), "A callback blocked the reactor for 7 ms: x");
  EXPECT_EQ(print(999ms), "A callback blocked the reactor for 999 ms: x");
  EXPECT_EQ(print(1s), "A callback blocked the reactor for 1.00 s: x");
  EXPECT_EQ(print(61s), "A callback blocked the reactor for 61.00 s: x");
}

}  // namespace
}  // namespace couplet::detail
