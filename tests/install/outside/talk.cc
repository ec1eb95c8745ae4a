// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A netstring echo that talks to itself over TCP and is then told to fail, without a word to glog.
// Prints what the client heard and how the connections ended; the status says whether all was well.
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/deferred/version.h>
#include <couplet/protocols/netstring.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/reactor.h>

namespace {

using couplet::Failure;

class Echo : public couplet::NetstringReceiver {
 public:
  void stringReceived(std::string_view payload) override {
    if (payload == "fail") throw std::runtime_error("told to fail");
    sendString(payload);
  }
};

class Talker : public couplet::NetstringReceiver {
 public:
  Talker(std::vector<std::string>& heard, couplet::Promise<std::string> ended)
      : heard_(heard), ended_(std::move(ended)) {}

  void connectionMade() override { sendString("hello"); }
  void stringReceived(std::string_view payload) override {
    heard_.emplace_back(payload);
    sendString(heard_.size() == 1 ? "again" : "fail");
  }
  void connectionLost(const Failure& reason) override { ended_.callback(reason.message()); }

 private:
  std::vector<std::string>& heard_;
  couplet::Promise<std::string> ended_;
};

class Talk : public couplet::ClientFactory {
 public:
  couplet::Deferred<std::string> ended() { return ended_.deferred(); }
  std::vector<std::string> heard;

  std::unique_ptr<couplet::Protocol> buildProtocol(const couplet::Address&) override {
    return std::make_unique<Talker>(heard, std::move(ended_));
  }
  void clientConnectionFailed(const Failure& reason) override { ended_.errback(reason); }

 private:
  couplet::Promise<std::string> ended_;
};

/// An exception that the library throws is caught by its type here, also out of a shared library.
bool refusesAPortInUse(couplet::Reactor& reactor, int port) {
  try {
    reactor.listenTCP(port, couplet::Factory::forProtocol<Echo>(), {.interface = "127.0.0.1"});
  } catch (const couplet::CannotListenError&) {
    return true;
  }
  return false;
}

couplet::Deferred<void> talk(couplet::Reactor& reactor, int port, bool& well) {
  auto factory = std::make_shared<Talk>();
  couplet::Deferred<std::string> ended = factory->ended();
  reactor.connectTCP("127.0.0.1", port, factory);
  std::string reason = co_await std::move(ended);
  for (const std::string& string : factory->heard) std::printf("heard %s\n", string.c_str());
  std::printf("ended: %s\n", reason.c_str());
  well = factory->heard == std::vector<std::string>{"hello", "again"};
}

}  // namespace

int main() {
  if (couplet::version() != couplet::kVersion) return 2;
  auto reactor = couplet::newReactor();
  auto listening =
      reactor->listenTCP(0, couplet::Factory::forProtocol<Echo>(), {.interface = "127.0.0.1"});
  int port = listening->getHost().port;
  if (!refusesAPortInUse(*reactor, port)) return 3;

  bool well = false;
  reactor->callWhenRunning([&] {
    talk(*reactor, port, well)
        .addErrback([](const Failure& failure) { std::printf("%s\n", failure.message().c_str()); })
        .addCallback([&] { reactor->stop(); });
  });
  reactor->run();
  return well ? 0 : 1;
}
