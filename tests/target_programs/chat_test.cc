// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The target program of a chat, as it stands.
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include <couplet/deferred/deferred.h>
#include <couplet/protocols/line.h>
#include <couplet/reactor/factory.h>
#include <couplet/reactor/testing/string_transport.h>

namespace couplet {
namespace {

#include "tests/target_programs/chat.inc"

/// Answers when the test says so.
class SlowUsers : public Users {
 public:
  explicit SlowUsers(std::string& cancelled) : cancelled_(cancelled) {}
  Deferred<std::string> greeting(std::string name) override {
    Promise<std::string> promise([this, name] { cancelled_ += name; });
    return asked.emplace(name, std::move(promise)).first->second.deferred();
  }
  std::map<std::string, Promise<std::string>> asked;

 private:
  std::string& cancelled_;
};

/// One who chats.
class Person {
 public:
  explicit Person(ChatFactory& factory) : protocol_(factory.buildProtocol({})) {
    transport_.connect(*protocol_);
  }
  void says(std::string_view lines) { protocol_->dataReceived(lines); }

  /// Loses the connection; the protocol is destroyed then.
  void leaves() {
    transport_.loseConnection();
    transport_.turn();
    protocol_.reset();
  }

  /// What was sent to them since the last call.
  std::string heard() {
    std::string bytes(transport_.value());
    transport_.clear();
    return bytes;
  }

 private:
  testing::StringTransport transport_;
  std::unique_ptr<Protocol> protocol_;
};

class TargetChatTest : public ::testing::Test {
 protected:
  std::string cancelled;
  SlowUsers users{cancelled};
  ChatFactory factory{users};
  Person ann{factory};
  Person bob{factory};
};

TEST_F(TargetChatTest, AsksForANameAndGreetsWhenTheAnswerComes) {
  EXPECT_EQ(ann.heard(), "What's your name?\r\n");
  ann.says("ann\r\n");
  EXPECT_EQ(ann.heard(), "");
  users.asked.at("ann").callback("Hello, ann!");
  EXPECT_EQ(ann.heard(), "Hello, ann!\r\n");
}

// A second line in the same read is said, though the greeting is not there yet.
TEST_F(TargetChatTest, ASecondLineDoesNotEnterTwice) {
  bob.says("bob\r\n");
  bob.heard();
  ann.says("ann\r\nhi\r\n");
  EXPECT_EQ(bob.heard(), "<ann> hi\r\n");
  EXPECT_EQ(users.asked.size(), 2u);
}

TEST_F(TargetChatTest, ANameThatIsTakenIsRefusedUntilItIsFree) {
  ann.says("ann\r\n");
  bob.heard();
  bob.says("ann\r\n");
  EXPECT_EQ(bob.heard(), "Name taken, please choose another.\r\n");
  ann.leaves();
  users.asked.clear();
  bob.says("ann\r\n");
  EXPECT_EQ(bob.heard(), "");
}

// The coroutine that waits for a greeting ends with its connection: it uses `this`.
TEST_F(TargetChatTest, AGreetingIsCancelledWhenItsConnectionIsLost) {
  ann.says("ann\r\n");
  ann.leaves();
  EXPECT_EQ(cancelled, "ann");
  EXPECT_FALSE(users.asked.at("ann").pending());
  EXPECT_TRUE(factory.chatting.empty());
}

}  // namespace
}  // namespace couplet
