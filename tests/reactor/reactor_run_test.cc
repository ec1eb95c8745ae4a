// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What every reactor does while it runs: the order of calls, and whose they are.
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "reactor_suite.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ReactorRunSuite : public ReactorSuite {};

INSTANTIATE_TEST_SUITE_P(All, ReactorRunSuite, ::testing::Values(kLibevent, kMemory), kindName);

TEST_P(ReactorRunSuite, CallsWhenRunningThenFromThreadsThenWhatIsDue) {
  reactor->callLater(0s, say("due"));
  reactor->callLater(0s, say("due too"));
  reactor->callFromThread(say("thread"));
  reactor->callFromThread(say("thread too"));
  reactor->callWhenRunning(say("running"));
  reactor->callWhenRunning(say("running too"));
  reactor->callLater(0s, [this] { reactor->stop(); });
  reactor->run();
  EXPECT_THAT(said,
              ElementsAre("running", "running too", "thread", "thread too", "due", "due too"));
}

TEST_P(ReactorRunSuite, CallWhenRunningCallsAtOnceWhenItRuns) {
  run([this]() -> Deferred<void> {
    reactor->callWhenRunning(say("inside"));
    EXPECT_THAT(said, ElementsAre("inside"));
    co_return;
  });
}

TEST_P(ReactorRunSuite, ACallMadeInATurnComesInTheNextOne) {
  reactor->callLater(0s, [this] {
    reactor->callLater(0s, say("next turn"));
    said.push_back("first");
  });
  reactor->callLater(0s, say("second"));
  runUntil([this] { return said.size() == 3; });
  EXPECT_THAT(said, ElementsAre("first", "second", "next turn"));
}

TEST_P(ReactorRunSuite, KnowsWhetherItRuns) {
  EXPECT_FALSE(reactor->running());
  run([this]() -> Deferred<void> {
    EXPECT_TRUE(reactor->running());
    co_return;
  });
  EXPECT_FALSE(reactor->running());
}

TEST_P(ReactorRunSuite, RunsOnce) {
  run([this]() -> Deferred<void> {
    EXPECT_THROW(reactor->run(), std::logic_error);
    co_return;
  });
  EXPECT_THROW(reactor->run(), std::logic_error);
}

TEST_P(ReactorRunSuite, StopsOnlyWhatRuns) {
  EXPECT_THROW(reactor->stop(), std::logic_error);
  run([this]() -> Deferred<void> {
    reactor->stop();
    EXPECT_THROW(reactor->stop(), std::logic_error);
    co_return;
  });
  EXPECT_THROW(reactor->stop(), std::logic_error);
}

TEST_P(ReactorRunSuite, MakesCallsOfOtherThreadsInTheirOrder) {
  const auto here = std::this_thread::get_id();
  std::vector<std::string> made;
  run([&, this]() -> Deferred<void> {
    std::thread other([&] {
      for (int i = 0; i < 100; ++i) {
        made.push_back(std::to_string(i));
        reactor->callFromThread([&, i] {
          EXPECT_EQ(std::this_thread::get_id(), here);
          said.push_back(std::to_string(i));
        });
      }
    });
    other.join();  // a reactor in memory does not wait for threads
    EXPECT_THAT(said, IsEmpty());
    co_await until([this] { return said.size() == 100; });
  });
  EXPECT_EQ(said, made);
}

TEST_P(ReactorRunSuite, DestroysACallFromAThreadThatComesTooLate) {
  auto kept = std::make_shared<int>();
  reactor->callWhenRunning([this] { reactor->stop(); });
  reactor->run();
  reactor->callFromThread([this, kept] { said.push_back("late"); });
  EXPECT_EQ(kept.use_count(), 1);
  EXPECT_THAT(said, IsEmpty());
}

TEST_P(ReactorRunSuite, LogsWhatACallThrowsAndGoesOn) {
  auto fails = [](const char* what) { return [what] { throw std::runtime_error(what); }; };
  reactor->callWhenRunning(fails("when running"));
  reactor->callFromThread(fails("from a thread"));
  reactor->callLater(0s, fails("timer"));
  reactor->callLater(0s, say("other timer"));
  runUntil([this] { return said.size() == 1; });
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("when running"), HasSubstr("from a thread"),
                                         HasSubstr("timer")));
}

TEST_P(ReactorRunSuite, CallsNothingWhenRunningOnceTheRunIsOver) {
  runUntil([] { return true; });
  reactor->callWhenRunning(say("too late"));
  EXPECT_THAT(said, IsEmpty());
}

}  // namespace
}  // namespace couplet
