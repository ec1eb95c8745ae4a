// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/libevent_reactor.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "loopback.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class LibeventReactorTest : public LoopbackTest {
 protected:
  void stopSoon(Duration delay = 0s) {
    reactor->callLater(delay, [this] { reactor->stop(); });
  }
  Callable<void()> say(std::string word) {
    return [this, word = std::move(word)] { said += word + " "; };
  }

  std::string said;
};

TEST_F(LibeventReactorTest, RunsUntilItIsStopped) {
  EXPECT_FALSE(reactor->running());
  reactor->callLater(0s, [this] { EXPECT_TRUE(reactor->running()); });
  stopSoon();
  reactor->run();
  EXPECT_FALSE(reactor->running());
}

TEST_F(LibeventReactorTest, RunsOnceOnly) {
  reactor->callLater(0s, [this] { EXPECT_THROW(reactor->run(), std::logic_error); });
  stopSoon();
  reactor->run();
  EXPECT_THROW(reactor->run(), std::logic_error);
}

TEST_F(LibeventReactorTest, StopsOnceOnlyAndNotBeforeItRuns) {
  EXPECT_THROW(reactor->stop(), std::logic_error);
  reactor->callLater(0s, [this] {
    reactor->stop();
    EXPECT_THROW(reactor->stop(), std::logic_error);
  });
  reactor->run();
  EXPECT_THROW(reactor->stop(), std::logic_error);
}

TEST_F(LibeventReactorTest, CallsInOneTurnGoWhenRunningFromThreadThenLater) {
  reactor->callLater(0s, say("later1"));
  reactor->callLater(0s, say("later2"));
  reactor->callFromThread(say("thread1"));
  reactor->callFromThread(say("thread2"));
  reactor->callWhenRunning(say("running"));
  stopSoon();
  reactor->run();
  EXPECT_EQ(said, "running thread1 thread2 later1 later2 ");
}

TEST_F(LibeventReactorTest, CallWhenRunningCallsAtOnceWhileItRuns) {
  reactor->callLater(0s, [this] {
    reactor->callWhenRunning(say("inside"));
    said += "after ";
  });
  stopSoon();
  reactor->run();
  EXPECT_EQ(said, "inside after ");
}

TEST_F(LibeventReactorTest, CallLaterCallsNoSoonerThanItsDelay) {
  auto start = std::chrono::steady_clock::now();
  stopSoon(30ms);
  reactor->run();
  EXPECT_GE(std::chrono::steady_clock::now() - start, 30ms);
}

TEST_F(LibeventReactorTest, CallsLaterInOrderOfTime) {
  reactor->callLater(6ms, say("c"));
  reactor->callLater(2ms, say("a"));
  reactor->callLater(4ms, say("b"));
  stopSoon(10ms);
  reactor->run();
  EXPECT_EQ(said, "a b c ");
}

TEST_F(LibeventReactorTest, CallsLaterCanBeCancelledResetAndDelayed) {
  DelayedCall cancelled = reactor->callLater(1ms, say("never"));
  DelayedCall broughtForward = reactor->callLater(1h, say("b"));
  DelayedCall delayed = reactor->callLater(1ms, say("c"));
  reactor->callLater(0s, [&] {
    cancelled.cancel();
    broughtForward.reset(2ms);
    delayed.delay(5ms);
  });
  stopSoon(20ms);
  reactor->run();
  EXPECT_EQ(said, "b c ");
}

TEST_F(LibeventReactorTest, ACallWithoutDelayRunsInTheNextTurnNotInThis) {
  reactor->callLater(0s, [this] {
    reactor->callLater(0s, say("second"));
    said += "first ";
  });
  reactor->callLater(0s, say("same turn"));
  stopSoon(5ms);
  reactor->run();
  EXPECT_EQ(said, "first same turn second ");
}

// Deferred 145: An exception in a call of the reactor is logged; the reactor keeps running.
TEST_F(LibeventReactorTest, AnExceptionInACallIsLoggedAndTheReactorGoesOn) {
  reactor->callWhenRunning([] { throw std::runtime_error("one"); });
  reactor->callFromThread([] { throw std::runtime_error("two"); });
  reactor->callLater(0s, [] { throw std::runtime_error("three"); });
  reactor->callLater(1ms, say("on"));
  stopSoon(5ms);
  reactor->run();
  EXPECT_EQ(said, "on ");
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("one"), HasSubstr("two"), HasSubstr("three")));
}

TEST_F(LibeventReactorTest, AnUnhandledFailureOfADeferredIsLogged) {
  reactor->callLater(0s, [] { (void)fail<void>(std::runtime_error("nobody cares")); });
  stopSoon();
  reactor->run();
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("nobody cares")));
}

TEST_F(LibeventReactorTest, ItsTimeStandsStillInATurnAndGoesOnBetween) {
  auto before = reactor->now();
  Clock::TimePoint first;
  Clock::TimePoint second;
  reactor->callLater(0s, [&] {
    first = reactor->now();
    while (std::chrono::steady_clock::now() - first < 1ms) {
    }
    EXPECT_EQ(reactor->now(), first);
  });
  reactor->callLater(5ms, [&] { second = reactor->now(); });
  stopSoon(5ms);
  reactor->run();
  EXPECT_GE(first, before);
  EXPECT_GE(second - first, 4ms);
}

TEST_F(LibeventReactorTest, CallsFromManyThreadsComeInTheOrderOfEach) {
  constexpr int kThreads = 4;
  constexpr int kCalls = 1000;
  std::array<std::vector<int>, kThreads> got;
  int total = 0;
  std::vector<std::thread> threads;
  for (int id = 0; id < kThreads; ++id) {
    threads.emplace_back([&, id] {
      for (int call = 0; call < kCalls; ++call) {
        reactor->callFromThread([&, id, call] {
          got[id].push_back(call);
          if (++total == kThreads * kCalls) reactor->stop();
        });
      }
    });
  }
  reactor->run();
  for (std::thread& thread : threads) thread.join();
  for (const auto& calls : got) {
    EXPECT_EQ(calls.size(), kCalls);
    EXPECT_TRUE(std::is_sorted(calls.begin(), calls.end()));
  }
}

TEST_F(LibeventReactorTest, ACallFromAThreadWakesAReactorThatWaits) {
  std::thread thread;
  reactor->callLater(0s, [&] {
    thread = std::thread([this] {
      reactor->callFromThread([this] { reactor->callFromThread([this] { reactor->stop(); }); });
    });
  });
  reactor->run();
  thread.join();
}

TEST_F(LibeventReactorTest, ACallFromAThreadAfterTheEndIsDestroyedUncalled) {
  stopSoon();
  reactor->run();
  auto token = std::make_shared<int>(1);
  reactor->callFromThread([token] { ADD_FAILURE() << "called"; });
  EXPECT_EQ(token.use_count(), 1);
}

class SignalTest : public LibeventReactorTest, public ::testing::WithParamInterface<int> {
 protected:
  void SetUp() override { reactor = std::make_unique<LibeventReactor>(); }
};

TEST_P(SignalTest, StopsTheReactor) {
  reactor->callLater(0s, [] { std::raise(GetParam()); });
  reactor->addShutdownTrigger(ShutdownPhase::kBefore, [this] {
    said += "before ";
    return succeed();
  });
  reactor->run();
  EXPECT_EQ(said, "before ");
}

TEST_P(SignalTest, IsToldAsWhatStoppedIt) {
  LibeventReactor signalled;
  EXPECT_EQ(signalled.exitSignal(), 0);
  signalled.callLater(0s, [] { std::raise(GetParam()); });
  signalled.run();
  EXPECT_EQ(signalled.exitSignal(), GetParam());
  EXPECT_TRUE(signalled.stopping());
}

TEST_P(SignalTest, ThatComesAfterAStopDidNotStopIt) {
  LibeventReactor stopped;
  stopped.callLater(0s, [&stopped] {
    EXPECT_FALSE(stopped.stopping());
    stopped.stop();
    EXPECT_TRUE(stopped.stopping());
    std::raise(GetParam());
  });
  stopped.run();
  EXPECT_EQ(stopped.exitSignal(), 0);
}

TEST_P(SignalTest, TheSecondOneWaitsForNothing) {
  Promise<void> never;
  reactor->addShutdownTrigger(ShutdownPhase::kBefore, [&] {
    reactor->callLater(1ms, [] { std::raise(GetParam()); });
    return never.deferred();
  });
  reactor->callLater(0s, [] { std::raise(GetParam()); });
  reactor->run();
}

TEST_P(SignalTest, IsLeftAloneAfterTheRun) {
  stopSoon();
  reactor->run();
  struct sigaction action {};
  ::sigaction(GetParam(), nullptr, &action);
  EXPECT_EQ(action.sa_handler, SIG_DFL);
}

INSTANTIATE_TEST_SUITE_P(Signals, SignalTest, ::testing::Values(SIGINT, SIGTERM),
                         [](const auto& info) {
                           return info.param == SIGINT ? "SIGINT" : "SIGTERM";
                         });

TEST_F(LibeventReactorTest, IgnoresSIGPIPE) { EXPECT_EQ(std::raise(SIGPIPE), 0); }

/// One end of a pipe.
class PipeEnd : public FileDescriptor {
 public:
  explicit PipeEnd(int descriptor) : descriptor_(descriptor) {}
  ~PipeEnd() override { ::close(descriptor_); }

  int fileno() const override { return descriptor_; }
  void doRead() override {
    if (onReady) return onReady();
    std::array<char, 100> bytes;
    ::ssize_t size = ::read(descriptor_, bytes.data(), bytes.size());
    if (size > 0) got.append(bytes.data(), static_cast<std::size_t>(size));
  }
  void doWrite() override { onReady(); }

  std::function<void()> onReady;
  std::string got;

 private:
  int descriptor_;
};

class FileDescriptorTest : public LibeventReactorTest {
 protected:
  void SetUp() override {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
    in.emplace(ends[0]);
    out.emplace(ends[1]);
  }
  void put(std::string_view bytes) {
    ASSERT_EQ(::write(out->fileno(), bytes.data(), bytes.size()),
              static_cast<::ssize_t>(bytes.size()));
  }

  std::optional<PipeEnd> in;
  std::optional<PipeEnd> out;
};

TEST_F(FileDescriptorTest, AReaderIsCalledWhenItCanBeRead) {
  reactor->addReader(*in);
  reactor->addReader(*in);
  reactor->callLater(1ms, [this] { put("hello"); });
  runUntil([this] { return in->got == "hello"; });
  reactor->removeReader(*in);
}

TEST_F(FileDescriptorTest, AReaderIsCalledForAsLongAsItCanBeRead) {
  int calls = 0;
  in->onReady = [&] { ++calls; };
  put("x");
  reactor->addReader(*in);
  runUntil([&] { return calls >= 3; });
}

TEST_F(FileDescriptorTest, AWriterIsCalledUntilItIsRemoved) {
  int calls = 0;
  out->onReady = [&] {
    if (++calls == 3) reactor->removeWriter(*out);
  };
  reactor->addWriter(*out);
  stopSoon(20ms);
  reactor->run();
  EXPECT_EQ(calls, 3);
}

TEST_F(FileDescriptorTest, ARemovedReaderIsCalledNoMoreAndMayDieInItsOwnCall) {
  in->onReady = [this] {
    said += "read ";
    reactor->removeReader(*in);
    in.reset();
  };
  put("x");
  reactor->addReader(*in);
  stopSoon(20ms);
  reactor->run();
  EXPECT_EQ(said, "read ");
}

TEST_F(FileDescriptorTest, WhatItThrowsIsLoggedAndRemovesIt) {
  in->onReady = [] { throw std::runtime_error("broken pipe dream"); };
  put("x");
  reactor->addReader(*in);
  stopSoon(10ms);
  reactor->run();
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("broken pipe dream")));
}

TEST_F(FileDescriptorTest, RemovingOneThatIsNotWatchedDoesNothing) {
  reactor->removeReader(*in);
  reactor->removeWriter(*in);
}

}  // namespace
}  // namespace couplet
