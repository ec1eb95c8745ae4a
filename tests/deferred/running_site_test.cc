// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/running_site.h>

#include <string>
#include <thread>

#include <gtest/gtest.h>

#include <couplet/deferred/testing/fake_clock.h>

namespace couplet::detail {
namespace {

using namespace std::chrono_literals;

class Recorder final : public SiteWatcher {
 public:
  void begun(const CallSite& site, const SiteSubject&) noexcept override {
    said += std::string("begin ") + site.what + ' ' + std::to_string(site.where.line) + ", ";
  }
  void ended() noexcept override { said += "end, "; }

  std::string said;
};

unsigned innermostLine() { return SiteRecord::ofThisThread().innermost().where.line; }

TEST(RunningSiteTest, NobodyHearsOfAThreadThatIsNotWatched) {
  EXPECT_FALSE(siteWatched());
  const RunningSite site({"a.cc", 1});
  EXPECT_EQ(SiteRecord::ofThisThread().innermost(), CallSite());
}

TEST(RunningSiteTest, TheInnermostOneIsKnownAndTheOuterOneAgainAfterIt) {
  Recorder recorder;
  const WatchedThread watched(recorder);
  EXPECT_TRUE(siteWatched());
  {
    const RunningSite outer({"a.cc", 1});
    EXPECT_EQ(innermostLine(), 1u);
    {
      const RunningSite inner({"a.cc", 2}, kCoroutineSite);
      EXPECT_EQ(SiteRecord::ofThisThread().innermost(), (CallSite{kCoroutineSite, {"a.cc", 2}}));
    }
    EXPECT_EQ(innermostLine(), 1u);
  }
  EXPECT_EQ(SiteRecord::ofThisThread().innermost(), CallSite());
}

TEST(RunningSiteTest, TheWatcherHearsOfTheOutermostOnly) {
  Recorder recorder;
  const WatchedThread watched(recorder);
  for (unsigned line : {1, 3}) {
    const RunningSite outer({"a.cc", line}, "call set at");
    const RunningSite inner({"a.cc", line + 1});
  }
  EXPECT_EQ(recorder.said, "begin call set at 1, end, begin call set at 3, end, ");
}

TEST(RunningSiteTest, WhatIsDescribedIsAskedForOnlyWhereSomebodyWatches) {
  int asked = 0;
  const auto describe = [&](CallSite& site, SiteSubject&) {
    ++asked;
    site.what = "connection";
  };
  { const RunningSite site(describe); }
  EXPECT_EQ(asked, 0);
  Recorder recorder;
  const WatchedThread watched(recorder);
  { const RunningSite site(describe); }
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(recorder.said, "begin connection 0, end, ");
}

// What began unwatched ends unwatched, whoever comes meanwhile.
TEST(RunningSiteTest, WatchingMayBeginAndEndInTheMiddle) {
  Recorder recorder;
  {
    const RunningSite outer({"a.cc", 1});
    const WatchedThread watched(recorder);
    const RunningSite inner({"a.cc", 2});
  }
  EXPECT_EQ(recorder.said, "begin callback attached at 2, end, ");
  EXPECT_FALSE(siteWatched());
}

TEST(RunningSiteTest, OneWatcherMayTakeThePlaceOfAnother) {
  Recorder outer, inner;
  const WatchedThread watched(outer);
  {
    const RunningSite site({"a.cc", 1});
    const WatchedThread watchedAgain(inner);
    const RunningSite siteOfInner({"a.cc", 2});
  }
  EXPECT_EQ(outer.said, "begin callback attached at 1, end, ");
  EXPECT_EQ(inner.said, "begin callback attached at 2, end, ");
}

TEST(RunningSiteTest, OtherThreadsAreNotWatched) {
  Recorder recorder;
  const WatchedThread watched(recorder);
  std::jthread([] {
    const RunningSite site({"a.cc", 1});
    EXPECT_EQ(SiteRecord::ofThisThread().innermost(), CallSite());
  }).join();
  EXPECT_EQ(recorder.said, "");
}

TEST(RunningSiteTest, AnotherThreadReadsFileAndLineThatBelongTogether) {
  Recorder recorder;
  const WatchedThread watched(recorder);
  SiteRecord& record = SiteRecord::ofThisThread();
  std::jthread reader([&record](std::stop_token stop) {
    while (!stop.stop_requested()) {
      const CallSite site = record.innermost();
      if (site.what == nullptr) continue;
      EXPECT_EQ(site.where.file, site.where.line == 1 ? std::string("one") : std::string("two"));
    }
  });
  for (int i = 0; i < 100'000; ++i) {
    const RunningSite outer({"one", 1});
    const RunningSite inner({"two", 2});
  }
}

TEST(RunningSiteTest, ACallOfAClockRunsForWhereItWasSet) {
  Recorder recorder;
  const WatchedThread watched(recorder);
  testing::FakeClock clock;
  unsigned line = 0;
  clock.callLater(1s, [&line] { line = innermostLine(); });
  const unsigned set = __LINE__ - 1;
  clock.advance(1s);
  EXPECT_EQ(line, set);
  EXPECT_EQ(recorder.said, "begin call set at " + std::to_string(set) + ", end, ");
}

}  // namespace
}  // namespace couplet::detail
