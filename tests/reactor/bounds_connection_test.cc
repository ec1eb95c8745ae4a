// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// How many bytes one connection can make the process hold, in each of its states: the figures of
// SECURITY.md, each attacked by peers that do what they can to exceed it.
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/protocols/line.h>
#include <couplet/protocols/netstring.h>
#include <couplet/protocols/stream.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/libevent_reactor.h>

#include "any_reactor.h"
#include "bounds_heap.h"
#include "raw_peer.h"

namespace couplet {
namespace {

constexpr std::size_t kKiB = 1024;
constexpr std::size_t kRead = 64 * kKiB;      // what one read hands on at most
constexpr std::size_t kHighMark = 64 * kKiB;  // above it reading pauses
constexpr std::size_t kChunk = 16 * kKiB;     // the grain of what waits to be sent
constexpr std::size_t kConnection = kKiB;     // the objects of a connection and its protocol
constexpr std::size_t kStream = 2 * kKiB;     // and of a Stream

/// Counts what its protocols hear.
struct Seen {
  int made = 0;
  int lost = 0;
  std::optional<Failure> reason;
};

template <class Base>
class Watched : public Base {
 public:
  explicit Watched(Seen& seen) : seen_(seen) {}
  void connectionMade() override { ++seen_.made; }
  void connectionLost(const Failure& reason) override {
    ++seen_.lost;
    seen_.reason = reason;
  }

 private:
  Seen& seen_;
};

struct Echo : Watched<Protocol> {
  using Watched::Watched;
  void dataReceived(std::string_view bytes) override { transport().write(bytes); }
};
struct NetstringEcho : Watched<NetstringReceiver> {
  using Watched::Watched;
  void stringReceived(std::string_view payload) override { sendString(payload); }
};
/// Does not take what it is sent.
struct PausedNetstrings : NetstringEcho {
  using NetstringEcho::NetstringEcho;
  void stringReceived(std::string_view) override { transport().pauseProducing(); }
};
struct LineEcho : Watched<LineReceiver> {
  using Watched::Watched;
  void lineReceived(std::string_view line) override { sendLine(line); }
};
/// Answers each byte by a mebibyte, and looks at nothing.
struct Amplifier : Watched<Protocol> {
  using Watched::Watched;
  void dataReceived(std::string_view bytes) override {
    for (std::size_t i = 0; i < bytes.size(); ++i) transport().write(answer);
  }
  std::string answer = std::string(kKiB * kKiB, 'a');
};

/// Says much, and goodbye.
struct Farewell : Watched<Protocol> {
  static constexpr std::size_t kBytes = 12 * kKiB * kKiB;  // more than the system takes
  using Watched::Watched;
  void connectionMade() override {
    Watched::connectionMade();
    static const std::string words(kBytes, 'f');
    transport().write(words);
    transport().loseConnection();
  }
};

/// A stream that nobody reads.
class UnreadStream : public StreamProtocol {
 public:
  explicit UnreadStream(Seen& seen)
      : StreamProtocol([this](Stream stream) {
          stream_ = std::move(stream);
          ++seen_.made;
          connected(stream_);
        }),
        seen_(seen) {}
  void connectionLost(const Failure& reason) override {
    ++seen_.lost;
    seen_.reason = reason;
    StreamProtocol::connectionLost(reason);
  }

 protected:
  virtual void connected(Stream&) {}
  const Seen& seen() const noexcept { return seen_; }

 private:
  Seen& seen_;
  Stream stream_;
};
/// The first one writes again and again, and awaits nothing.
struct HeedlessStream : UnreadStream {
  using UnreadStream::UnreadStream;
  void connected(Stream& stream) override {
    if (seen().made > 1) return;
    stream.write(std::string(kHighMark, 'x'));
    for (int i = 0; i < 200'000; ++i) stream.write("x").addErrback([](const Failure&) {});
  }
};

template <class P>
class ClientOf : public ClientFactory {
 public:
  explicit ClientOf(Seen& seen) : seen_(seen) {}
  std::unique_ptr<Protocol> buildProtocol(const Address&) override {
    return std::make_unique<P>(seen_);
  }

 private:
  Seen& seen_;
};

class BoundsTest : public ::testing::Test {
 protected:
  static constexpr int kPeers = 8;
  bool allLost() const { return seen.lost == kPeers; }

  template <class P>
  void serve() {
    port =
        reactor.listenTCP(0, Factory::forProtocol<P>(std::ref(seen)), {.interface = "127.0.0.1"});
  }

  /// Connects peers, each of which sends `message` again and again for as long as the system takes
  /// any of it; `most` bytes at most. Then calls `then`, and waits for `end`.
  void attack(
      std::string_view message, std::function<void()> then, std::size_t most = SIZE_MAX,
      std::function<bool()> end = [] { return true; }) {
    before = heapBytes();
    forgetHeapPeak();
    runBody(reactor, [=, this]() -> Deferred<void> {
      for (int i = 0; i < kPeers; ++i) peers.emplace_back(port->getHost().port);
      co_await until(reactor, [this] { return seen.made == kPeers; });
      std::vector<std::size_t> sent(kPeers);
      for (int idle = 0; idle < 30;) {
        idle = push(message, most, sent) ? 0 : idle + 1;
        co_await until(reactor, [turns = 2]() mutable { return --turns == 0; });
      }
      then();
      co_await until(reactor, end);
    });
  }
  bool push(std::string_view message, std::size_t most, std::vector<std::size_t>& sent) {
    bool progress = false;
    for (std::size_t i = 0; i < peers.size(); ++i) {
      std::string_view rest = message.substr(sent[i] % message.size());
      std::size_t taken = peers[i].send(rest.substr(0, most - sent[i]));
      sent[i] += taken;
      progress = progress || taken > 0;
    }
    return progress;
  }

  /// What one peer makes the process hold.
  std::size_t cost() const { return (heapBytes() - before) / kPeers; }
  /// The most that it ever was.
  std::size_t peak() const { return (heapPeak() - before) / kPeers; }

  Seen seen;
  LibeventReactor reactor{
      {.handleSignals = false, .shutdownDeadline = 10ms, .closingDeadline = 200ms}};
  std::shared_ptr<ListeningPort> port;
  std::deque<RawPeer> peers;
  std::size_t before = 0;
};

TEST_F(BoundsTest, ASilentPeerCostsItsObjects) {
  serve<NetstringEcho>();
  attack(
      "x", [this] { EXPECT_LE(cost(), kConnection); }, 0);
}

TEST_F(BoundsTest, AnEchoToAPeerThatNeverReadsIsTheHighMarkAndOneRead) {
  serve<Echo>();
  attack(std::string(1'000'000, 'x'), [this] {
    EXPECT_GT(cost(), kHighMark);
    EXPECT_LE(peak(), kHighMark + kRead + kChunk + kConnection);
  });
}

TEST_F(BoundsTest, APartOfAMessageIsNoMoreThanTheMessage) {
  const std::size_t most = NetstringReceiver::kMaxLength;
  serve<NetstringEcho>();
  attack(
      "99999:" + std::string(most, 'x'),
      [=, this] {
        EXPECT_GE(cost(), most);
        EXPECT_LE(cost(), most + 1 + kConnection);
      },
      most + 6);
}

TEST_F(BoundsTest, ALengthIsNotTakenAtItsWord) {
  serve<NetstringEcho>();
  attack(
      "99999:", [this] { EXPECT_LE(cost(), kConnection); }, 6);
}

TEST_F(BoundsTest, ALineWithoutAnEndIsRefused) {
  serve<LineEcho>();
  attack(std::string(1'000'000, 'x'), [this] {
    EXPECT_EQ(seen.lost, kPeers);
    EXPECT_LE(peak(), 3 * LineReceiver::kMaxLength + kRead + kConnection);
  });
}

TEST_F(BoundsTest, MessagesToAPeerThatNeverReadsAddOneMessageAndOneRead) {
  const std::size_t longest = NetstringReceiver::kMaxLength + 7;
  serve<NetstringEcho>();
  attack("99999:" + std::string(99'999, 'x') + ",", [=, this] {
    EXPECT_GT(cost(), kHighMark);
    EXPECT_LE(cost(), kHighMark + longest + kRead + longest + kChunk + kConnection);
  });
}

TEST_F(BoundsTest, SmallMessagesToAPeerThatNeverReadsAddOneRead) {
  std::string messages;
  while (messages.size() < 100'000) messages += "1:x,";
  serve<NetstringEcho>();
  attack(messages, [this] {
    EXPECT_GT(cost(), kHighMark);
    EXPECT_LE(cost(), kHighMark + kRead + kChunk + kConnection);
  });
}

TEST_F(BoundsTest, APauseHoldsOneReadBack) {
  std::string messages;
  while (messages.size() < 100'000) messages += "1:x,";
  serve<PausedNetstrings>();
  attack(messages, [this] { EXPECT_LE(peak(), kRead + kConnection); });
}

// A reset is noticed while reading is held back, and what was held for the peer is dropped.
TEST_F(BoundsTest, AResetFreesWhatAPeerThatNeverReadsHeld) {
  serve<Echo>();
  attack(
      std::string(1'000'000, 'x'),
      [this] {
        for (RawPeer& peer : peers) peer.reset();
      },
      SIZE_MAX, [this] { return allLost() && cost() < kChunk + kConnection; });
}

TEST_F(BoundsTest, AProtocolThatLooksAtNothingIsStoppedAtTheHardCap) {
  serve<Amplifier>();
  attack(
      std::string(1'000, 'x'), [this] { EXPECT_EQ(seen.lost, kPeers); }, 1'000);
  EXPECT_TRUE(seen.reason->check<WriteBufferFullError>()) << *seen.reason;
  EXPECT_LE(heapPeak() - before, 66u * kKiB * kKiB + kPeers * 2 * kKiB * kKiB);
}

TEST_F(BoundsTest, AStreamThatNobodyReadsHoldsItsMostAndOneRead) {
  serve<UnreadStream>();
  attack(std::string(1'000'000, 'x'), [this] {
    EXPECT_GE(cost(), Stream::kMostUnread);
    EXPECT_LE(peak(), Stream::kMostUnread + kRead + kStream);
  });
}

TEST_F(BoundsTest, WritesOfAStreamThatNobodyAwaitsAreStoppedAtTheirMost) {
  constexpr std::size_t kWrite = 512 + 3 * sizeof(Promise<void>);  // in a vector that grows
  serve<HeedlessStream>();
  attack(
      "x",
      [this] {
        EXPECT_EQ(seen.lost, 1);
        EXPECT_TRUE(seen.reason->check<WriteBufferFullError>()) << *seen.reason;
      },
      0);
  EXPECT_GE(heapPeak() - before, Stream::kMostWritesWaiting * 512);
  EXPECT_LE(heapPeak() - before,
            Stream::kMostWritesWaiting * (kWrite + 1) + kHighMark + kChunk + kPeers * kStream);
}

TEST_F(BoundsTest, ACloseHoldsWhatWasWrittenUntilItsDeadline) {
  constexpr std::size_t kOnce = Farewell::kBytes / kPeers;  // the words themselves
  serve<Farewell>();
  attack(
      "x",
      [this] {
        EXPECT_GT(cost(), 0u);
        EXPECT_LE(cost(), Farewell::kBytes + kOnce + kChunk);
      },
      0, [this] { return allLost() && cost() < kOnce + kChunk; });
  EXPECT_TRUE(seen.reason->check<ConnectionLost>()) << *seen.reason;
}

TEST_F(BoundsTest, AnAttemptToConnectCostsItsObjects) {
  serve<NetstringEcho>();
  Seen clients;
  before = heapBytes();
  for (int i = 0; i < kPeers; ++i) {
    reactor.connectTCP("127.0.0.1", port->getHost().port,
                       std::make_shared<ClientOf<NetstringEcho>>(clients));
  }
  EXPECT_LE(cost(), kConnection);
  runBody(reactor, [&, this]() -> Deferred<void> {
    co_await until(reactor, [&] { return clients.made == kPeers; });
  });
}

TEST_F(BoundsTest, WhenAllHaveGoneOnlyThePoolIsLeft) {
  constexpr std::size_t kPool = 4 * kKiB * kKiB;
  serve<NetstringEcho>();
  attack(
      "99999:" + std::string(99'999, 'x') + ",", [this] { peers.clear(); }, SIZE_MAX,
      [this] { return allLost(); });
  EXPECT_LE(heapBytes() - before, kPool + 64 * kKiB);
}

}  // namespace
}  // namespace couplet
