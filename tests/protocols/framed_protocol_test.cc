// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What holds for every receiver: how delivery stops, pauses, goes on and ends.
#include <couplet/protocols/framed_protocol.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include <couplet/protocols/testing/gtest_every_cut.h>

#include "receivers.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string big(std::size_t number, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(number >> 8 * i & 0xff);
  return text;
}

std::string framed(const NetstringReceiver&, const std::string& s) {
  return std::to_string(s.size()) + ":" + s + ",";
}
std::string framed(const Int8StringReceiver&, const std::string& s) { return big(s.size(), 1) + s; }
std::string framed(const Int16StringReceiver&, const std::string& s) {
  return big(s.size(), 2) + s;
}
std::string framed(const Int32StringReceiver&, const std::string& s) {
  return big(s.size(), 4) + s;
}
std::string framed(const LineProtocol&, const std::string& s) { return s + "\r\n"; }

/// One that takes over after another.
class Successor : public Protocol {
 public:
  explicit Successor(std::string& heard) : heard_(heard) {}
  void dataReceived(std::string_view bytes) override { heard_.append(bytes); }

 private:
  std::string& heard_;
};

template <class Recorder>
class FramedProtocolTest : public ::testing::Test {
 protected:
  /// The bytes of these messages, one after the other.
  std::string bytesOf(const std::vector<std::string>& messages) {
    std::string bytes;
    for (const std::string& message : messages) bytes += framed(with.protocol, message);
    return bytes;
  }
  void receive(const std::vector<std::string>& messages) { with.receive(bytesOf(messages)); }
  void whenHeard(std::function<void()> then) { with.protocol.then = std::move(then); }
  testing::StringTransport& transport() { return with.transport; }

  Conversation<Recorder> with;
};

using Receivers = ::testing::Types<NetstringRecorder, Int8Recorder, Int16Recorder, Int32Recorder,
                                   LineRecorder<LineReceiver>, LineRecorder<LineOnlyReceiver>>;
TYPED_TEST_SUITE(FramedProtocolTest, Receivers);

TYPED_TEST(FramedProtocolTest, DeliversTheSameAtEveryCut) {
  const std::string bytes = this->bytesOf({"one", "", "two and more", "", "x"});
  EXPECT_TRUE(testing::sameAtEveryCut(bytes, hearing<TypeParam>()));
}

TYPED_TEST(FramedProtocolTest, DeliversTheSameAtEveryCutWhilePausedAfterEachMessage) {
  const auto run = [](const testing::Chunks& chunks) {
    Conversation<TypeParam> with;
    with.protocol.then = [&] { with.transport.pauseProducing(); };
    for (const std::string_view chunk : chunks) {
      with.receive(chunk);
      while (with.transport.paused()) with.resume();
    }
    return with.heard();
  };
  EXPECT_TRUE(testing::sameAtEveryCut(this->bytesOf({"one", "", "two", "three"}), run));
}

// Closing. Twisted delivers what it has already.

TYPED_TEST(FramedProtocolTest, LoseConnectionStopsDelivery) {
  this->whenHeard([this] { this->transport().loseConnection(); });
  this->receive({"a", "b", "c"});
  this->receive({"d"});
  EXPECT_THAT(this->with.heard(), ElementsAre("a"));
}

TYPED_TEST(FramedProtocolTest, AbortConnectionStopsDelivery) {
  this->whenHeard([this] { this->transport().abortConnection(); });
  this->receive({"a", "b", "c"});
  this->receive({"d"});
  EXPECT_THAT(this->with.heard(), ElementsAre("a"));
}

TYPED_TEST(FramedProtocolTest, LoseConnectionBetweenReadsStopsDelivery) {
  this->with.receive(this->bytesOf({"abc"}).substr(0, 3));
  this->transport().loseConnection();
  this->with.receive(this->bytesOf({"abc"}).substr(3));
  EXPECT_THAT(this->with.heard(), IsEmpty());
}

// Pausing.

TYPED_TEST(FramedProtocolTest, PauseProducingStopsDeliveryUntilItIsResumed) {
  this->whenHeard([this] { this->transport().pauseProducing(); });
  this->receive({"a", "b", "c"});
  EXPECT_THAT(this->with.heard(), ElementsAre("a"));
  this->with.resume();
  EXPECT_THAT(this->with.heard(), ElementsAre("a", "b"));
  this->with.resume();
  EXPECT_THAT(this->with.heard(), ElementsAre("a", "b", "c"));
}

TYPED_TEST(FramedProtocolTest, APauseThatIsEndedInTheSameCallHoldsNothingBack) {
  this->whenHeard([this] {
    this->transport().pauseProducing();
    this->transport().resumeProducing();
  });
  this->receive({"a", "b"});
  EXPECT_THAT(this->with.heard(), ElementsAre("a", "b"));
}

TYPED_TEST(FramedProtocolTest, BytesThatComeInAPauseAreHeldBack) {
  this->transport().pauseProducing();
  this->with.receiveOneByOne(this->bytesOf({"a", "b"}));
  EXPECT_THAT(this->with.heard(), IsEmpty());
  this->with.resume();
  EXPECT_THAT(this->with.heard(), ElementsAre("a", "b"));
}

TYPED_TEST(FramedProtocolTest, AMessageThatAPauseCutsInTwoIsWholeAfterIt) {
  const std::string bytes = this->bytesOf({"first", "second"});
  this->whenHeard([this] { this->transport().pauseProducing(); });
  this->with.receive(bytes.substr(0, bytes.size() - 4));
  this->whenHeard({});
  this->with.resume();
  this->with.receive(bytes.substr(bytes.size() - 4));
  EXPECT_THAT(this->with.heard(), ElementsAre("first", "second"));
}

TYPED_TEST(FramedProtocolTest, BytesBeforeTheLoopsResumptionComeAfterThoseHeldBack) {
  this->transport().pauseProducing();
  this->receive({"a"});
  this->transport().resumeProducing();
  this->receive({"b"});
  EXPECT_THAT(this->with.heard(), ElementsAre("a", "b"));
}

TYPED_TEST(FramedProtocolTest, LoseConnectionInAPauseDropsWhatIsHeldBack) {
  this->whenHeard([this] { this->transport().pauseProducing(); });
  this->receive({"a", "b"});
  this->transport().loseConnection();
  this->with.resume();
  EXPECT_THAT(this->with.heard(), ElementsAre("a"));
}

TYPED_TEST(FramedProtocolTest, APauseForEachOfManyMessagesTakesNoQuadraticTime) {
  constexpr std::size_t kMany = 200'000;
  this->whenHeard([this] { this->transport().pauseProducing(); });
  this->receive(std::vector<std::string>(kMany, "a"));
  while (this->transport().paused()) this->with.resume();
  EXPECT_EQ(this->with.heard().size(), kMany);
}

// Calls from inside.

// Quirk (f).
TYPED_TEST(FramedProtocolTest, DataReceivedFromInsideOnlyAppends) {
  this->whenHeard([this] {
    if (this->with.heard().size() == 1) this->receive({"Z"});
  });
  this->receive({"a", "b"});
  EXPECT_THAT(this->with.heard(), ElementsAre("a", "b", "Z"));
}

TYPED_TEST(FramedProtocolTest, DataReceivedFromInsideDoesNotRecurse) {
  constexpr std::size_t kMany = 200'000;
  this->whenHeard([this] {
    if (this->with.heard().size() < kMany) this->receive({"again"});
  });
  this->receive({"once"});
  EXPECT_EQ(this->with.heard().size(), kMany);
}

TYPED_TEST(FramedProtocolTest, DataReceivedFromInsideBeforeAPauseIsHeldBackBehindTheRest) {
  this->whenHeard([this] {
    if (this->with.heard().size() > 1) return;
    this->receive({"Z"});
    this->transport().pauseProducing();
  });
  this->receive({"a", "b"});
  this->with.resume();
  EXPECT_THAT(this->with.heard(), ElementsAre("a", "b", "Z"));
}

// Quirk (e).
TYPED_TEST(FramedProtocolTest, AnExceptionComesOutAndEndsDelivery) {
  this->whenHeard([] { throw std::runtime_error("no"); });
  EXPECT_THROW(this->receive({"a", "b"}), std::runtime_error);
  this->whenHeard({});
  this->receive({"c"});
  EXPECT_THAT(this->with.heard(), ElementsAre("a"));
}

// A change of protocol.

TYPED_TEST(FramedProtocolTest, AnotherProtocolTakesOverWhatWasNotParsed) {
  std::string heard;
  this->whenHeard([&] {
    auto next = std::make_unique<Successor>(heard);
    Successor& successor = *next;
    const std::string rest = this->with.protocol.takeUnparsed();
    this->transport().setProtocol(std::move(next));
    successor.dataReceived(rest);
  });
  this->receive({"upgrade", "b", "c"});
  EXPECT_THAT(this->with.heard(), ElementsAre("upgrade"));
  EXPECT_EQ(heard, this->bytesOf({"b", "c"}));
}

TYPED_TEST(FramedProtocolTest, NothingIsDeliveredAfterAChangeOfProtocol) {
  std::string heard;
  this->whenHeard([&] { this->transport().setProtocol(std::make_unique<Successor>(heard)); });
  this->receive({"upgrade", "b"});
  EXPECT_THAT(this->with.heard(), ElementsAre("upgrade"));
  EXPECT_EQ(heard, "");
}

TYPED_TEST(FramedProtocolTest, TakeUnparsedTakesAMessageThatIsNotWhole) {
  const std::string bytes = this->bytesOf({"incomplete"});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    this->with.receive(bytes.substr(0, size));
    EXPECT_EQ(this->with.protocol.takeUnparsed(), bytes.substr(0, size));
  }
  this->receive({"whole"});
  EXPECT_THAT(this->with.heard(), ElementsAre("whole"));
}

TYPED_TEST(FramedProtocolTest, TakeUnparsedTakesWhatAPauseHeldBack) {
  this->whenHeard([this] { this->transport().pauseProducing(); });
  this->receive({"a", "b"});
  EXPECT_EQ(this->with.protocol.takeUnparsed(), this->bytesOf({"b"}));
  this->with.resume();
  EXPECT_THAT(this->with.heard(), ElementsAre("a"));
}

TYPED_TEST(FramedProtocolTest, TakeUnparsedLeavesTheMessageThatIsBeingReceivedValid) {
  std::string rest;
  this->whenHeard([&] { rest = this->with.protocol.takeUnparsed(); });
  const std::string bytes = this->bytesOf({"one", "two"});
  this->with.receive(bytes.substr(0, 2));
  this->with.receive(bytes.substr(2));
  EXPECT_THAT(this->with.heard(), ElementsAre("one"));
  EXPECT_EQ(rest, this->bytesOf({"two"}));
}

// The end of input.

TYPED_TEST(FramedProtocolTest, TheEndOfInputBetweenMessagesIsACleanClose) {
  this->receive({"a"});
  this->with.endInput();
  EXPECT_TRUE(this->with.template lostWith<ConnectionDone>());
}

TYPED_TEST(FramedProtocolTest, TheEndOfInputInMidMessageIsAnError) {
  this->receive({"a"});
  this->with.receive(this->bytesOf({"abc"}).substr(0, 1));
  this->with.endInput();
  EXPECT_TRUE(this->with.template lostWith<IncompleteStringError>()) << this->with.lostBecause();
  EXPECT_FALSE(this->transport().aborted());
}

TYPED_TEST(FramedProtocolTest, TheEndOfInputInAPauseWaitsForWhatIsHeldBack) {
  this->whenHeard([this] { this->transport().pauseProducing(); });
  this->receive({"a", "b", "c"});
  this->with.endInput();
  EXPECT_FALSE(this->with.disconnecting());
  this->with.resume();
  EXPECT_FALSE(this->with.disconnecting());
  this->with.resume();
  EXPECT_THAT(this->with.heard(), ElementsAre("a", "b", "c"));
}

TYPED_TEST(FramedProtocolTest, TheEndOfInputComesAfterWhatWasHeldBack) {
  this->whenHeard([this] { this->transport().pauseProducing(); });
  this->with.receive(this->bytesOf({"a", "b"}) + this->bytesOf({"abc"}).substr(0, 1));
  this->with.endInput();
  this->whenHeard({});
  this->with.resume();
  EXPECT_TRUE(this->with.template lostWith<IncompleteStringError>());
}

TYPED_TEST(FramedProtocolTest, TheEndOfInputAfterLoseConnectionKeepsItsReason) {
  this->with.receive(this->bytesOf({"abc"}).substr(0, 1));
  this->transport().loseConnection();
  this->with.endInput();
  EXPECT_TRUE(this->with.template lostWith<ConnectionDone>());
}

TYPED_TEST(FramedProtocolTest, ALostConnectionHasTheReasonOfTheTransport) {
  this->with.receive(this->bytesOf({"abc"}).substr(0, 1));
  this->transport().failConnection(Failure(ConnectionLost("reset by peer")));
  EXPECT_TRUE(this->with.template lostWith<ConnectionLost>());
}

}  // namespace
}  // namespace couplet
