// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Callbacks that block a running reactor until they were reported. To be run with ThreadSanitizer.
#include <couplet/reactor/stall_detector.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/deferred/cooperator.h>
#include <couplet/deferred/defer_later.h>
#include <couplet/reactor/detail/stall_watch.h>
#include <couplet/reactor/detail/watchdog.h>

#include "loopback.h"

namespace couplet {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

/// What was reported, from any watchdog.
class Reports {
 public:
  /// Blocks until a callback of that line is reported to be running.
  void waitFor(unsigned line) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] {
      return std::any_of(stalls_.begin(), stalls_.end(), [line](const Stall& stall) {
        return !stall.over && stall.where.line == line;
      });
    });
  }
  void add(const Stall& stall) {
    std::lock_guard lock(mutex_);
    stalls_.push_back(stall);
    changed_.notify_all();
  }
  /// Those of that line. Others may have been slow, too.
  std::vector<Stall> of(unsigned line) {
    std::lock_guard lock(mutex_);
    std::vector<Stall> found;
    std::copy_if(stalls_.begin(), stalls_.end(), std::back_inserter(found),
                 [line](const Stall& stall) { return stall.where.line == line; });
    return found;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Stall> stalls_;
};

std::optional<Reports> reports;

class StallDetectorTest : public LoopbackTest {
 protected:
  StallDetectorTest() {
    reports.emplace();
    setStallFunction([](const Stall& stall) { reports->add(stall); });
    reactor = std::make_unique<LibeventReactor>(ReactorOptions{.stallLimit = 1ms});
  }
  ~StallDetectorTest() override { setStallFunction(nullptr); }

  /// Blocks the reactor until what was attached at that line is named.
  void block(unsigned line) { reports->waitFor(line); }

  /// What the two reports of that line say, which are all that there are.
  std::string callbackOf(unsigned line) {
    const std::vector<Stall> stalls = reports->of(line);
    if (stalls.size() != 2) return std::to_string(stalls.size()) + " reports";
    EXPECT_FALSE(stalls[0].over);
    EXPECT_GE(stalls[0].duration, 1ms);
    EXPECT_TRUE(stalls[1].over);
    EXPECT_GE(stalls[1].duration, stalls[0].duration);
    EXPECT_EQ(stalls[0].callback, stalls[1].callback);
    return stalls[0].callback;
  }
  static std::string here(unsigned line) {
    std::string file = SourceLocation::current().file;
    return file + ':' + std::to_string(line);
  }
};

TEST_F(StallDetectorTest, NamesWhereACallWasSet) {
  const unsigned line = __LINE__ + 1;
  reactor->callLater(0s, [&] {
    block(line);
    reactor->stop();
  });
  reactor->run();
  EXPECT_EQ(callbackOf(line), "call set at " + here(line));
}

TEST_F(StallDetectorTest, NamesWhereACallbackWasAttached) {
  Promise<void> promise;
  const unsigned line = __LINE__ + 1;
  promise.deferred().addCallback([&] { block(line); });
  const unsigned set = __LINE__ + 1;
  reactor->callLater(0s, [&] {
    promise.callback();
    reactor->stop();
  });
  reactor->run();
  EXPECT_EQ(callbackOf(line),
            "callback attached at " + here(line) + ", for call set at " + here(set));
}

TEST_F(StallDetectorTest, NamesWhereACoroutineWaited) {
  unsigned line = 0;
  auto work = [&]() -> Deferred<void> {
    line = __LINE__ + 1;
    co_await deferLater(*reactor, 0s);
    block(line);
    reactor->stop();
  };
  Deferred<void> done;
  reactor->callWhenRunning([&] { done = work(); });
  reactor->run();
  EXPECT_EQ(callbackOf(line), "coroutine that waited at " + here(line));
}

TEST_F(StallDetectorTest, NamesWhereACallOfAnotherThreadWasHandedOver) {
  const unsigned line = __LINE__ + 2;
  std::jthread other([&] {
    reactor->callFromThread([&] {
      block(line);
      reactor->stop();
    });
  });
  reactor->run();
  EXPECT_EQ(callbackOf(line), "call handed over at " + here(line));
}

TEST_F(StallDetectorTest, NamesCallsOfTheBeginningAndTheEnd) {
  const unsigned first = __LINE__ + 1;
  reactor->callWhenRunning([&] { block(first); });
  const unsigned last = __LINE__ + 1;
  reactor->addShutdownTrigger(ShutdownPhase::kBefore, [&] { return block(last), succeed(); });
  reactor->callLater(0s, [&] { reactor->stop(); });
  reactor->run();
  EXPECT_EQ(callbackOf(first), "call for when it runs, asked for at " + here(first));
  EXPECT_EQ(callbackOf(last), "callback attached at " + here(last));
}

TEST_F(StallDetectorTest, NamesTheConnectionItsProtocolAndItsPort) {
  const unsigned line = __LINE__ + 1;
  auto listening = reactor->listenTCP(0, serverFactory, {.interface = "127.0.0.1"});
  reactor->connectTCP("127.0.0.1", listening->getHost().port, clientFactory);
  client.onMade = [](Transport& transport) { transport.write("poem?"); };
  server.onData = [&](Transport& transport, std::string_view) {
    block(line);
    transport.loseConnection();
  };
  runUntilLost();
  EXPECT_THAT(
      callbackOf(line),
      AllOf(MatchesRegex("the connection with 127.0.0.1:[0-9]+ .*"),
            EndsWith(" (couplet::ScriptedProtocol), of the port listened on at " + here(line))));
}

TEST_F(StallDetectorTest, NamesTheConnectionOfAClient) {
  listen();
  const unsigned line = __LINE__ + 1;
  reactor->connectTCP("127.0.0.1", port->getHost().port, clientFactory);
  client.onMade = [&](Transport& transport) {
    block(line);
    transport.loseConnection();
  };
  runUntilLost();
  // Its protocol is made before it hears of the connection, and its type is known from then on.
  EXPECT_EQ(callbackOf(line),
            "the connection with " + port->getHost().toString() + ", asked for at " + here(line));
}

TEST_F(StallDetectorTest, NamesTheConnectionThatIsLost) {
  const unsigned line = __LINE__ + 1;
  auto listening = reactor->listenTCP(0, serverFactory, {.interface = "127.0.0.1"});
  reactor->connectTCP("127.0.0.1", listening->getHost().port, clientFactory);
  server.onLost = [&](Transport&) { block(line); };
  client.onMade = [](Transport& transport) { transport.loseConnection(); };
  runUntilLost();
  EXPECT_THAT(callbackOf(line), HasSubstr("(couplet::ScriptedProtocol), of the port listened on"));
}

TEST_F(StallDetectorTest, NamesTheConnectionThatFailed) {
  listen();
  const int closed = port->getHost().port;
  port->stopListening();
  const unsigned line = __LINE__ + 1;
  reactor->connectTCP("127.0.0.1", closed, clientFactory);
  clientFactory->onFailed = [&] {
    block(line);
    reactor->stop();
  };
  reactor->run();
  EXPECT_THAT(callbackOf(line), StartsWith("connection asked for at " + here(line)));
}

TEST_F(StallDetectorTest, NamesATaskOfACooperator) {
  Cooperator cooperator(*reactor);
  const unsigned line = __LINE__ + 1;
  cooperator.coiterate([&] {
    block(line);
    reactor->stop();
    return false;
  });
  reactor->run();
  EXPECT_THAT(callbackOf(line), StartsWith("task begun at " + here(line)));
}

TEST_F(StallDetectorTest, NamesADescriptor) {
  struct Pipe final : FileDescriptor {
    int fileno() const override { return ends[0]; }
    void doRead() override { onRead(); }

    int ends[2];
    std::function<void()> onRead;
  } pipe;
  ASSERT_EQ(::pipe(pipe.ends), 0);
  ASSERT_EQ(::write(pipe.ends[1], "x", 1), 1);
  const unsigned line = __LINE__ + 1;
  reactor->addReader(pipe);
  pipe.onRead = [&] {
    block(line);
    reactor->removeReader(pipe);
    reactor->stop();
  };
  reactor->run();
  EXPECT_EQ(callbackOf(line), "descriptor added at " + here(line));
  ::close(pipe.ends[0]);
  ::close(pipe.ends[1]);
}

TEST_F(StallDetectorTest, OneAfterTheOtherIsReported) {
  const unsigned first = __LINE__ + 1;
  reactor->callLater(0s, [&] { block(first); });
  const unsigned second = __LINE__ + 1;
  reactor->callLater(0s, [&] {
    block(second);
    reactor->stop();
  });
  reactor->run();
  EXPECT_EQ(callbackOf(first), "call set at " + here(first));
  EXPECT_EQ(callbackOf(second), "call set at " + here(second));
}

TEST_F(StallDetectorTest, EachThreadHasItsOwn) {
  const unsigned mine = __LINE__ + 1;
  reactor->callLater(0s, [&] {
    block(mine);
    reactor->stop();
  });
  const unsigned others = __LINE__ + 3;
  std::jthread other([&] {
    LibeventReactor theirs({.handleSignals = false, .stallLimit = 1ms});
    theirs.callLater(0s, [&] {
      block(others);
      theirs.stop();
    });
    theirs.run();
  });
  reactor->run();
  other.join();
  EXPECT_EQ(callbackOf(mine), "call set at " + here(mine));
  EXPECT_EQ(callbackOf(others), "call set at " + here(others));
}

TEST_F(StallDetectorTest, ItsThreadTakesNoSignals) {
  static bool blocked;
  blocked = false;
  setStallFunction([](const Stall& stall) {
    ::sigset_t mask;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    blocked = ::sigismember(&mask, SIGTERM) == 1 && ::sigismember(&mask, SIGALRM) == 1;
    reports->add(stall);
  });
  const unsigned line = __LINE__ + 1;
  reactor->callLater(0s, [&] {
    block(line);
    ::sigset_t mask;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    EXPECT_EQ(::sigismember(&mask, SIGTERM), 0);
    reactor->stop();
  });
  reactor->run();
  EXPECT_TRUE(blocked);
}

bool isWatchdog(const std::filesystem::path& thread) {
  std::string name;
  return std::getline(std::ifstream(thread / "comm"), name) && name == "stall detector";
}

/// How many watchdogs this process has.
long watchdogs() {
  const std::filesystem::directory_iterator threads("/proc/self/task");
  return std::count_if(begin(threads), end(threads), isWatchdog);
}

/// How many there are while a reactor runs; none afterwards, once the system knows that too.
long watchdogsOf(ReactorOptions options) {
  LibeventReactor reactor(options);
  long during = 0;
  reactor.callLater(0s, [&] {
    during = watchdogs();
    reactor.stop();
  });
  reactor.run();
  while (watchdogs() > 0) std::this_thread::yield();
  return during;
}

TEST_F(StallDetectorTest, HasAThreadWhileTheReactorRunsAndIsNotOff) {
  EXPECT_EQ(watchdogsOf({.stallLimit = 1h}), 1);
  EXPECT_EQ(watchdogsOf({.stallLimit = Duration::max()}), 1);
  EXPECT_EQ(watchdogsOf({.stallLimit = 0ms}), 0);
  EXPECT_EQ(watchdogsOf({}), detail::checkedStallLimit({}) > 0s ? 1 : 0);
}

TEST_F(StallDetectorTest, IsOnIn100MillisecondsWhereTheLibraryIsBuiltForDebugging) {
  const Duration limit = detail::checkedStallLimit({});
#if defined(NDEBUG) || defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  EXPECT_EQ(limit, 0ms);
#else
  EXPECT_EQ(limit, 100ms);
#endif
}

TEST_F(StallDetectorTest, ANegativeLimitIsAnError) {
  EXPECT_THROW(LibeventReactor({.stallLimit = -1ms}), std::invalid_argument);
}

TEST_F(StallDetectorTest, ByDefaultItLogsAWarning) {
  setStallFunction(nullptr);
  ::testing::internal::CaptureStderr();
  detail::report({false, 100ms, {"poems.cc", 42}, "callback attached at poems.cc:42"});
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              MatchesRegex("W.* poems.cc:42\\] A callback blocks the reactor, for 100 ms so far: "
                           "callback attached at poems.cc:42\n"));
}

#ifndef __SANITIZE_THREAD__  // which does not follow a fork of several threads
TEST_F(StallDetectorTest, AForkedChildGoesOnWithoutIt) {
  int status = -1;
  ::pid_t child = -1;
  reactor->callLater(0s, [&] {
    child = ::fork();
    if (child > 0) ::waitpid(child, &status, 0);
    reactor->callLater(0s, [&] { reactor->stop(); });
  });
  reactor->run();
  if (child == 0) ::_exit(23);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 23);
}
#endif

}  // namespace
}  // namespace couplet
