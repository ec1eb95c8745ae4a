// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// 5,000 sessions of each protocol at once, with a server in a process of its own: all are served,
// and when it is killed all of them hear of it.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/concurrently.h>
#include <couplet/protocols/message/http_session.h>
#include <couplet/protocols/message/native_session.h>
#include <couplet/reactor/libevent_reactor.h>

#include "api_fixture.h"

namespace couplet {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kOfEachProtocol = 5'000;
constexpr std::size_t kSessions = 2 * kOfEachProtocol;
constexpr std::size_t kWave = 500;  // connect at once: fewer than a system lets wait

using Ports = std::array<int, 2>;  // by HTTP, and native

[[noreturn]] void give(const char* what) {
  std::perror(what);
  ::_exit(2);
}

/// Answers Multiply when each session has asked; and dies when each has asked for Divide, which it
/// never answers. Its port numbers go to `tell`.
[[noreturn]] void beTheServer(int tell) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  LibeventReactor reactor{{.handleSignals = false}};
  std::vector<Promise<Output>> held;
  std::vector<Promise<Output>> never;
  const auto multiply = [&](const Multiply&) {
    auto answer = held.emplace_back().deferred();
    if (held.size() == kSessions) {
      reactor.callLater(0s, [&] {
        for (auto& promise : held) promise.callback(Output{6});
      });
    }
    return answer;
  };
  const auto divide = [&](const Divide&) {
    auto answer = never.emplace_back().deferred();
    if (never.size() == kSessions) ::raise(SIGKILL);
    return answer;
  };
  auto api = std::make_shared<const Api>(Requests<Multiply, Divide>(), multiply, divide);
  const ListenOptions local{.interface = "127.0.0.1", .backlog = 4096};
  const auto site = reactor.listenTCP(0, newApiSite(api), local);
  const auto native = reactor.listenTCP(0, newNativeFactory(api), local);
  const Ports ports{site->getHost().port, native->getHost().port};
  if (::write(tell, &ports, sizeof ports) != sizeof ports) give("write");
  reactor.run();
  ::_exit(0);
}

/// As many descriptors as the system allows; whether that is enough.
bool allowDescriptors(::rlim_t wanted) {
  ::rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max >= wanted;
}

std::ptrdiff_t descriptorsOpen() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

class SessionCrowdTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!allowDescriptors(kSessions + 100)) GTEST_SKIP() << "the system allows too few descriptors";
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe(pipe.data()), 0);
    server = ::fork();
    if (server == 0) beTheServer(pipe[1]);
    ::close(pipe[1]);
    ASSERT_EQ(::read(pipe[0], &ports, sizeof ports), ::ssize_t{sizeof ports});
    ::close(pipe[0]);
    reactor = std::make_unique<LibeventReactor>(ReactorOptions{.handleSignals = false});
    descriptors = descriptorsOpen();
  }
  void TearDown() override {
    if (server == 0) return;
    ::kill(server, SIGKILL);
    ::waitpid(server, nullptr, 0);
  }

  Deferred<void> connectAll() {
    while (sessions.size() < kSessions) {
      std::vector<Deferred<std::shared_ptr<Session>>> wave;
      for (std::size_t i = 0; i < kWave; ++i) {
        wave.push_back(i % 2 ? connectHTTP(*reactor, "127.0.0.1", std::uint16_t(ports[0]))
                             : connectNative(*reactor, "127.0.0.1", std::uint16_t(ports[1])));
      }
      auto made = co_await concurrently(std::move(wave));
      sessions.insert(sessions.end(), made.begin(), made.end());
    }
  }

  Deferred<void> askAll() {
    co_await connectAll();
    std::vector<Deferred<Output>> answers;
    for (const auto& session : sessions)
      answers.push_back(session->request<Output>(Multiply{2, 3}));
    const auto outputs = co_await concurrently(std::move(answers));
    for (const Output& output : outputs) served += output == Output{6};
  }

  Deferred<void> askInVain() {
    co_await connectAll();
    std::vector<Deferred<void>> answers;
    for (const auto& session : sessions) {
      answers.push_back(session->request<Output>(Divide{2, 3})
                            .addCallback([](const Output&) {})
                            .addErrback([this](const Failure& why) {
                              if (why.check<Abandoned>()) ++abandoned;
                            }));
    }
    co_await concurrently(std::move(answers));
  }

  /// Runs until `all` has fired, and lets the sessions go.
  template <class All>
  void run(All all) {
    std::optional<Deferred<void>> playing;
    reactor->callWhenRunning([&] {
      playing = all().addBoth([this](const Result<void>& result) {
        if (!result) ADD_FAILURE() << result.failure();
        sessions.clear();
        reactor->callLater(0s, [this] { reactor->stop(); });
      });
    });
    reactor->run();
    EXPECT_EQ(descriptorsOpen(), descriptors);
  }

  ::pid_t server = 0;
  Ports ports{};
  std::unique_ptr<LibeventReactor> reactor;
  std::ptrdiff_t descriptors = 0;  // before there were sessions
  std::vector<std::shared_ptr<Session>> sessions;
  std::size_t served = 0;
  std::size_t abandoned = 0;
};

TEST_F(SessionCrowdTest, FiveThousandOfEachProtocolAreServedAtOnce) {
  run([this] { return askAll(); });
  EXPECT_EQ(served, kSessions);
}

// Crunch 15: A lost connection fails its pending requests at once.
TEST_F(SessionCrowdTest, FiveThousandOfEachProtocolHearOfAServerThatIsKilled) {
  run([this] { return askInVain(); });
  EXPECT_EQ(abandoned, kSessions);
}

}  // namespace
}  // namespace couplet
