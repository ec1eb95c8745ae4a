// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <iostream>
#include <set>

#include <couplet/protocols/program/plain_program.h>
#include <couplet/protocols/websocket/broadcast.h>
#include <couplet/protocols/websocket/websocket_client.h>
#include <couplet/protocols/websocket/websocket_resource.h>
#include <couplet/reactor/react.h>

using namespace couplet;
// [wire]
struct Lamp {
  std::string state = "off";
  std::set<WebSocketProtocol*> wires;
};
struct Wire : WebSocketProtocol {
  explicit Wire(Lamp& theLamp) : lamp(theLamp) {}
  void opened() override {
    lamp.wires.insert(this);
    send(lamp.state);
  }
  void textReceived(std::string_view text) override {
    if (text != "on" && text != "off") return close(CloseReason(4000, "say on or off"));
    lamp.state = text;
    broadcast(lamp.wires, PreparedMessage::text(lamp.state));
  }
  void closed(const WebSocketClosed&) override { lamp.wires.erase(this); }
  Lamp& lamp;
};
// [shine]
int shine(Reactor& reactor, int port) {
  Lamp lamp;
  const auto wires =
      std::make_shared<WebSocketResource>([&](Request&) { return std::make_unique<Wire>(lamp); });
  reactor.listenTCP(port, newWebSocketFactory(wires), {.interface = "127.0.0.1"});
  reactor.addShutdownTrigger(ShutdownPhase::kBefore, [=] { return wires->close(); });
  reactor.callWhenRunning([] { std::cout << "a lamp" << std::endl; });
  reactor.run();
  return kSuccess;
}
// [look]
Deferred<void> look(Reactor& reactor, Arguments words) {
  WebSocket lamp = co_await connectWebSocket(reactor, words.at(0));
  std::size_t said = 0;
  while (auto state = co_await lamp.receive()) {
    std::cout << state->payload << std::endl;
    if (words.size() > 1 && ++said == words.size()) break;
    if (said > 0) co_await lamp.send(words[said]);
  }
  const WebSocketClosed why = co_await lamp.close();
  std::cout << why.what() << std::endl;
}
// [main]
int main(int argc, char** argv) {
  return runProgram(argc, argv, {}, [](const Arguments& words) {
    if (words.at(0).starts_with("ws:")) return react([&](Reactor& r) { return look(r, words); });
    return shine(*newReactor(), std::stoi(words[0]));
  });
}
