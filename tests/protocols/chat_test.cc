// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A chat as users write one: lines, a factory that its protocols share, and a coroutine that ends
// with the connection.
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <gmock/gmock.h>

#include <couplet/deferred/deferred.h>
#include <couplet/protocols/line.h>
#include <couplet/reactor/factory.h>
#include <couplet/reactor/testing/string_transport.h>

namespace couplet {
namespace {

struct Users {  // a database, say
  virtual ~Users() = default;
  virtual Deferred<std::string> greeting(std::string name) = 0;
};

class ChatFactory : public Factory {
 public:
  explicit ChatFactory(Users& users) : users(users) {}
  std::unique_ptr<Protocol> buildProtocol(const Address&) override;

  Users& users;
  std::map<std::string, class Chat*, std::less<>>
      chatting;  // from the choice of a name to connectionLost
};

class Chat : public LineReceiver {
 public:
  explicit Chat(ChatFactory& factory) : factory_(factory) {}
  void connectionMade() override { sendLine("What's your name?"); }
  void connectionLost(const Failure&) override {
    if (!name_.empty()) factory_.chatting.erase(name_);
  }
  void lineReceived(std::string_view line) override {
    if (!name_.empty()) return say("<" + name_ + "> " + std::string(line));
    if (!factory_.chatting.try_emplace(std::string(line), this).second)
      return sendLine("Name taken, please choose another.");
    name_ = line;             // before the first co_await: a second line must not enter twice
    whileConnected(greet());  // ends with the connection, so it may use this
  }

 private:
  Deferred<void> greet() {
    std::string greeting = co_await factory_.users.greeting(name_);
    sendLine(greeting);
  }
  void say(const std::string& message) {
    for (auto& [name, chat] :
         factory_.chatting)  // sendLine never calls connectionLost: the map holds still
      if (chat != this) chat->sendLine(message);
  }

  ChatFactory& factory_;
  std::string name_;
};

std::unique_ptr<Protocol> ChatFactory::buildProtocol(const Address&) {
  return std::make_unique<Chat>(*this);
}

/// Answers when the test says so.
class SlowUsers : public Users {
 public:
  Deferred<std::string> greeting(std::string name) override {
    return asked.try_emplace(std::move(name)).first->second.deferred();
  }
  std::map<std::string, Promise<std::string>> asked;
};

class ChatTest : public ::testing::Test {
 protected:
  /// One who chats; `heard` takes what was sent to it since the last call.
  struct Person {
    explicit Person(ChatFactory& factory) : protocol(factory.buildProtocol({})) {
      transport.connect(*protocol);
    }
    void says(std::string_view line) { protocol->dataReceived(std::string(line) + "\r\n"); }
    void leaves() {
      transport.loseConnection();
      transport.turn();
    }
    std::string heard() {
      std::string bytes(transport.value());
      transport.clear();
      return bytes;
    }

    testing::StringTransport transport;
    std::unique_ptr<Protocol> protocol;
  };

  SlowUsers users;
  ChatFactory factory{users};
  Person ann{factory};
  Person bob{factory};
};

TEST_F(ChatTest, AsksForANameAndGreets) {
  EXPECT_EQ(ann.heard(), "What's your name?\r\n");
  ann.says("ann");
  EXPECT_EQ(ann.heard(), "");
  users.asked.at("ann").callback("Hello, ann!");
  EXPECT_EQ(ann.heard(), "Hello, ann!\r\n");
}

TEST_F(ChatTest, ATakenNameIsRefused) {
  ann.says("ann");
  bob.heard();
  bob.says("ann");
  EXPECT_EQ(bob.heard(), "Name taken, please choose another.\r\n");
}

TEST_F(ChatTest, EverybodyElseHearsWhatIsSaid) {
  ann.says("ann");
  bob.says("bob");
  ann.heard();
  bob.heard();
  ann.says("hi");
  EXPECT_EQ(ann.heard(), "");
  EXPECT_EQ(bob.heard(), "<ann> hi\r\n");
}

TEST_F(ChatTest, AGreetingThatComesTooLateGoesNowhere) {
  ann.says("ann");
  ann.heard();
  ann.leaves();
  EXPECT_EQ(factory.chatting.size(), 0);
  ann.protocol.reset();
  users.asked.at("ann").callback("Hello, ann!");
  EXPECT_EQ(ann.heard(), "");
}

}  // namespace
}  // namespace couplet
