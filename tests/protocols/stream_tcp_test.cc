// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Streams on real connections: a LibeventReactor, both ends in one program, port 0.
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/gather_results.h>
#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/stream.h>

namespace couplet {
namespace {

using namespace std::chrono_literals;

class StreamTcpTest : public ::testing::Test {
 protected:
  /// Runs the reactor until `work`, which `begin` gives when it runs, has ended with success.
  template <class Begin>
  void run(Begin begin) {
    std::optional<Failure> failed;
    bool ended = false;
    reactor->callWhenRunning([&] {
      begin().addErrback([&](const Failure& failure) { failed = failure; }).addCallback([&] {
        ended = true;
        reactor->stop();
      });
    });
    reactor->callLater(20s, [this] { reactor->stop(); });
    reactor->run();
    EXPECT_TRUE(ended);
    EXPECT_FALSE(failed) << *failed;
  }
  Deferred<Stream> connect() {
    return connectStream(*reactor, "127.0.0.1", listener.getHost().port);
  }

  std::unique_ptr<Reactor> reactor = newReactor({.handleSignals = false});
  StreamListener listener = listenStream(*reactor, 0, {.interface = "127.0.0.1"});
  RunningWork work;
};

Deferred<void> echo(Stream stream) {
  while (auto bytes = co_await stream.read()) co_await stream.write(*bytes);
}

Deferred<void> echoAll(StreamListener& listener, RunningWork& work) {
  while (Stream stream = co_await listener.accept()) work.add(echo(std::move(stream)));
}

/// Sends `poem` and hears it back.
Deferred<void> hearBack(Deferred<Stream> connecting, std::string poem) {
  Stream stream = co_await std::move(connecting);
  co_await stream.write(poem);
  stream.loseWriteConnection();
  EXPECT_EQ(co_await stream.readExactly(poem.size()), poem);
  EXPECT_EQ(co_await stream.read(), std::nullopt);
}

TEST_F(StreamTcpTest, ManyClientsHearTheirPoemsBack) {
  run([&] {
    work.add(echoAll(listener, work));
    std::vector<Deferred<void>> clients;
    for (int i = 0; i < 50; ++i) {
      clients.push_back(hearBack(connect(), std::string(1000, static_cast<char>('a' + i % 26))));
    }
    return gatherResults(std::move(clients));
  });
  EXPECT_TRUE(work.empty());
}

Deferred<void> sendAll(Stream& stream, std::size_t size) {
  for (std::size_t sent = 0; sent < size; sent += 10'000) {
    co_await stream.write(std::string(10'000, 'x'));
  }
  stream.loseWriteConnection();
}

TEST_F(StreamTcpTest, MuchMoreThanIsBufferedGoesThroughAnEcho) {
  constexpr std::size_t kSize = 50'000'000;
  run([&]() -> Deferred<void> {
    work.add(echoAll(listener, work));
    Stream stream = co_await connect();
    work.add(sendAll(stream, kSize));
    std::size_t heard = 0;
    while (auto bytes = co_await stream.read()) heard += bytes->size();
    EXPECT_EQ(heard, kSize);
  });
}

TEST_F(StreamTcpTest, AnEchoToWhoNeverReadsHoldsLittle) {
  std::size_t echoed = 0;
  auto counting = [&](Stream stream) -> Deferred<void> {
    while (auto bytes = co_await stream.read()) {
      co_await stream.write(*bytes);
      echoed += bytes->size();
    }
  };
  run([&]() -> Deferred<void> {
    auto accepted = listener.accept();
    Stream stream = co_await connect();
    auto reset = counting(co_await std::move(accepted)).addErrback([](const Failure& failure) {
      failure.trap<ConnectionLost>();
    });
    work.add(std::move(reset));
    auto stuck = stream.write(std::string(60'000'000, 'x')).addTimeout(500ms, *reactor);
    co_await std::move(stuck).addErrback(
        [](const Failure& failure) { failure.trap<TimeoutError>(); });
    EXPECT_LT(echoed, 20'000'000u);
    stream.abortConnection();
  });
}

TEST_F(StreamTcpTest, AResetFailsTheReadThatWaits) {
  run([&]() -> Deferred<void> {
    auto accepted = listener.accept();
    Stream client = co_await connect();
    Stream server = co_await std::move(accepted);
    client.abortConnection();
    auto ending = server.read().addCallback(
        [](const std::optional<std::string>&) { ADD_FAILURE() << "a reset is no end of input"; });
    co_await std::move(ending).addErrback(
        [](const Failure& failure) { EXPECT_TRUE(failure.check<ConnectionLost>()) << failure; });
  });
}

TEST_F(StreamTcpTest, OptionsMayBeGivenWhereItIsAwaited) {
  run([&]() -> Deferred<void> {
    const int port = listener.getHost().port;
    Stream first = co_await connectStream(*reactor, "127.0.0.1", port);
    Stream second = co_await connectStream(*reactor, "127.0.0.1", port,
                                           {.timeout = 5s, .bindAddress = "127.0.0.2"});
    EXPECT_EQ(second.getHost().host, "127.0.0.2");
  });
}

TEST_F(StreamTcpTest, NobodyListens) {
  run([&]() -> Deferred<void> {
    const int port = listener.getHost().port;
    listener.close();
    auto connecting = connectStream(*reactor, "127.0.0.1", port).addCallback([](Stream) {
      ADD_FAILURE() << "connected to a port that is closed";
    });
    co_await std::move(connecting).addErrback([](const Failure& failure) {
      EXPECT_TRUE(failure.check<ConnectionRefusedError>()) << failure;
    });
  });
}

TEST_F(StreamTcpTest, StoppingEndsConversationsInOrder) {
  bool ended = false;
  auto reading = [&](Stream stream) -> Deferred<void> {
    EXPECT_EQ(co_await stream.readUntil("\n"), "stop");
    reactor->stop();
    try {
      co_await stream.read();
    } catch (const ConnectionLost&) {
      ended = true;
    }
  };
  auto serving = [&]() -> Deferred<void> {
    while (Stream stream = co_await listener.accept()) work.add(reading(std::move(stream)));
  };
  auto asking = [&]() -> Deferred<void> {
    Stream stream = co_await connect();
    co_await stream.write("stop\n");
    try {
      co_await stream.read();
      ADD_FAILURE() << "the connection was not ended by its peer";
    } catch (const ConnectionLost&) {
    }
  };
  reactor->callWhenRunning([&] {
    work.add(serving());
    work.add(asking());
  });
  reactor->run();
  EXPECT_TRUE(ended);
  EXPECT_TRUE(work.empty());
}

}  // namespace
}  // namespace couplet
