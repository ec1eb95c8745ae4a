// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The listings of docs/guide/protocols.md, and tests that run them.
#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/protocols/framed_protocol.h>
#include <couplet/protocols/line.h>
#include <couplet/protocols/netstring.h>
#include <couplet/protocols/testing/every_cut.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/testing/string_transport.h>

namespace couplet {
namespace {

using namespace couplet::testing;

// [framing]
class FrameReceiver : public FramedProtocol {
 public:
  virtual void frameReceived(char type, std::string_view body) = 0;

  std::string unfinished() const override {
    return held_.empty() ? "" : std::to_string(held_.size()) + " bytes of a frame";
  }

 protected:
  bool parseNext(std::string_view& bytes) override {
    HeldBytes frame = std::move(held_);
    while (frame.size() < sizeOf(frame.view()) && !bytes.empty()) {
      const std::size_t missing = sizeOf(frame.view()) - frame.size();
      frame.append(bytes.substr(0, missing));
      bytes.remove_prefix(std::min(missing, bytes.size()));
    }
    if (frame.size() < sizeOf(frame.view())) {
      held_ = std::move(frame);
      return false;
    }
    frameReceived(frame.view()[0], frame.view().substr(2));
    return true;
  }

  std::string takeUnfinished() override {
    HeldBytes frame = std::move(held_);
    return std::string(frame.view());
  }

 private:
  /// As far as the beginning of a frame tells.
  static std::size_t sizeOf(std::string_view frame) {
    return frame.size() < 2 ? 2 : 2 + static_cast<unsigned char>(frame[1]);
  }

  HeldBytes held_;  // of a frame that is not whole
};

// [cuts]
struct Recorder : FrameReceiver {
  void frameReceived(char type, std::string_view body) override {
    heard.push_back(type + std::string(body));
  }
  std::vector<std::string> heard;
};

TEST(FrameReceiverTest, HearsTheSameAtEveryCut) {
  expectSameAtEveryCut(std::string_view("a\3abcb\0c\1x", 10), [](const Chunks& chunks) {
    StringTransport transport;
    Recorder recorder;
    recorder.makeConnection(transport);
    for (std::string_view chunk : chunks) recorder.dataReceived(chunk);
    return recorder.heard;
  });
}

// [tests of the framing]
TEST(FrameReceiverTest, InputThatEndsInMidFrameIsAnError) {
  StringTransport transport;
  Recorder recorder;
  transport.connect(recorder);
  recorder.dataReceived("a\3ab");
  recorder.readConnectionLost();
  EXPECT_TRUE(transport.disconnecting());
  EXPECT_EQ(recorder.takeUnparsed(), "a\3ab");
}

/// Answers when the test says.
struct Database {
  Deferred<std::string> find(const std::string& key) {
    asked = key;
    answer = Promise<std::string>();
    return answer.deferred();
  }
  std::string asked;
  Promise<std::string> answer;
};

// [lookup]
class Lookup : public NetstringReceiver {
 public:
  explicit Lookup(Database& database) : database_(database) {}

  void stringReceived(std::string_view key) override {
    transport().pauseProducing();
    whileConnected(database_.find(std::string(key))
                       .addCallback([this](std::string value) { sendString(value); })
                       .addErrback([this](const Failure&) { sendString("not found"); })
                       .addBoth([this](Result<void> result) {
                         transport().resumeProducing();
                         return result;
                       }));
  }

 private:
  Database& database_;
};

// [tests of the lookup]
class LookupTest : public ::testing::Test {
 protected:
  Database database;
  StringTransport transport;
  Lookup lookup{database};
};

TEST_F(LookupTest, OneIsAnsweredBeforeTheNext) {
  transport.connect(lookup);
  lookup.dataReceived("1:a,1:b,");
  EXPECT_EQ(database.asked, "a");
  database.answer.callback("first");
  transport.turn();
  EXPECT_EQ(database.asked, "b");
  database.answer.errback(std::runtime_error("no such key"));
  EXPECT_EQ(transport.value(), "5:first,9:not found,");
}

TEST_F(LookupTest, ALostConnectionDiscardsIt) {
  transport.connect(lookup);
  lookup.dataReceived("1:a,");
  transport.abortConnection();
  transport.turn();
  EXPECT_FALSE(database.answer.pending());
}

struct EchoStrings : NetstringReceiver {
  void stringReceived(std::string_view string) override { sendString(string); }
};

// [greeter]
class Greeter : public LineReceiver {
 public:
  void lineReceived(std::string_view line) override {
    if (line != "NETSTRINGS") return sendLine("say NETSTRINGS");
    auto next = std::make_unique<EchoStrings>();
    EchoStrings& successor = *next;
    const std::string rest = takeUnparsed();
    transport().setProtocol(std::move(next));
    if (!rest.empty()) successor.dataReceived(rest);
  }
};

// [tests of the greeter]
TEST(GreeterTest, TheRestOfTheReadIsTheNextProtocols) {
  StringTransport transport;
  Greeter greeter;
  transport.connect(greeter);
  greeter.dataReceived("hello\r\nNETSTRINGS\r\n2:hi,");
  EXPECT_EQ(transport.value(), "say NETSTRINGS\r\n2:hi,");
}

}  // namespace
}  // namespace couplet
