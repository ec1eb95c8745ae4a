// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/circuit/node.h"

#include <ostream>
#include <utility>

#include <couplet/deferred/gather_results.h>
#include <couplet/protocols/program/host_port.h>

#include "examples/program/listening.h"

namespace circuit {

using couplet::Acquired;
using couplet::CloseReason;
using couplet::Deferred;
using couplet::Request;
using couplet::Resource;
using couplet::ShutdownPhase;
using couplet::WebSocket;
using couplet::WebSocketClosed;
using couplet::WebSocketConversation;
using couplet::WebSocketResource;

namespace {

/// The page has its paths, the WebSockets have all others.
class Root final : public Resource {
 public:
  explicit Root(std::shared_ptr<Resource> sockets) : sockets_(std::move(sockets)) {}

  std::shared_ptr<Resource> getChild(std::string_view segment, Request& request) override {
    auto child = Resource::getChild(segment, request);
    return child ? child : sockets_;
  }

 private:
  std::shared_ptr<Resource> sockets_;
};

}  // namespace

Node::Node(const Board& board, std::string name, std::string title)
    : board_(board), name_(std::move(name)), title_(std::move(title)), page_(title_) {
  sockets_ = std::make_shared<WebSocketResource>([this](Request& request) {
    return std::make_unique<WebSocketConversation>(
        [this, channel = std::string(request.target())](WebSocket socket) {
          work_.add(converse(std::move(socket), channel));
        });
  });
}

Node::~Node() = default;

std::shared_ptr<Resource> Node::newRoot() {
  auto root = std::make_shared<Root>(sockets_);
  page_.putInto(*root);
  return root;
}

void Node::serve(const std::string& socket, int port) {
  setup();
  const auto site = std::make_shared<couplet::Site>(newRoot());
  couplet::HostPort listening;
  listening.parse(examples::listenOn(board_.reactor, socket, port, site).toString());
  where_ = {socket, listening.port};
  board_.reactor.addShutdownTrigger(ShutdownPhase::kBefore, [this] { return leave(); });
  work_.add(board_.mesh.announce(name_, where_));
  board_.reactor.callLater(couplet::Duration::zero(),
                           [this] { say("serving on " + where_.toString()); });
}

Deferred<void> Node::converse(WebSocket socket, std::string channel) {
  say("** new client connected, path=" + channel);
  try {
    while (auto message = co_await socket.receive()) {
      if (!message->isText()) {
        static_cast<void>(socket.close(CloseReason(CloseReason::kUnsupportedData)));
        break;
      }
      const std::string answer = co_await acknowledge(channel, std::move(message->payload));
      co_await socket.send(answer);
    }
  } catch (const WebSocketClosed&) {
  }
  const WebSocketClosed why = co_await socket.close();
  say(std::string("done processing messages: ") + why.what());
}

Deferred<std::string> Node::acknowledge(std::string channel, std::string data) {
  std::string answer;
  try {
    answer = co_await loop(std::move(channel), std::move(data));
  } catch (const std::exception& error) {
    answer = std::string("error: ") + error.what();
  }
  co_return answer.empty() ? "n/a" : std::move(answer);
}

Deferred<std::vector<std::string>> Node::stream(std::string target, std::vector<std::string> data,
                                                std::string channel) {
  Wire& wire = wireTo(target);
  const Acquired turn = co_await wire.turn();
  say("starting to stream message to " + target);
  co_await wire.open(std::move(channel));
  std::vector<std::string> answers;
  for (const std::string& payload : data) {
    say("> sending payload: " + payload);
    answers.push_back(co_await wire.ask(payload));
    say("< " + answers.back());
  }
  co_return answers;
}

Wire& Node::wireTo(const std::string& target) {
  auto& wire = wires_[target];
  if (!wire) wire = std::make_unique<Wire>(board_, target);
  return *wire;
}

Deferred<void> Node::leave() {
  board_.out << kInterruption << std::endl;
  std::vector<Deferred<void>> ends;
  ends.push_back(board_.mesh.withdraw(name_, where_));
  ends.push_back(sockets_->close());
  ends.push_back(page_.close());
  for (const auto& [target, wire] : wires_) ends.push_back(wire->close());
  return couplet::gatherResults(std::move(ends));
}

}  // namespace circuit
