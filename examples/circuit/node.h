// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What the nodes of a circuit do alike: subclass Node, and say what happens once, and what happens
// for each message.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/deferred/running_work.h>
#include <couplet/protocols/http/site.h>
#include <couplet/protocols/websocket/websocket_resource.h>

#include "examples/circuit/board.h"
#include "examples/circuit/live_page.h"
#include "examples/circuit/wire.h"

namespace circuit {

/// A server of WebSockets, at every path but those of its page.
///
///     setup -> loop*
///
///     class Doubler : public Node {
///       using Node::Node;
///       Deferred<std::string> loop(std::string, std::string data) override {
///         return succeed(data + data);
///       }
///     };
///
/// Outlives the run of its reactor, and is destroyed before that reactor.
class Node {
 public:
  /// `name` is for the mesh, `title` for people.
  Node(const Board& board, std::string name, std::string title);
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  virtual ~Node();

  /// Once, before the node can be reached.
  virtual void setup() {}

  /// For each message that comes on the path `channel`. The answer is the acknowledgement; where
  /// it is empty, "n/a" is sent; where it fails, "error: " and why. The messages of one connection
  /// come one after the other, those of several at once.
  virtual couplet::Deferred<std::string> loop(std::string channel, std::string data) = 0;

  /// Listens on `port` of `socket` (localhost, or a numeric address), tells the mesh, and closes
  /// all WebSockets when the reactor is stopped. Throws as examples::listenOn.
  void serve(const std::string& socket, int port);

 protected:
  /// Sends each of `data` to the path `channel` of the node `target`, the next one when the one
  /// before is acknowledged, and gives the acknowledgements. Fails as Wire::open and Wire::ask.
  couplet::Deferred<std::vector<std::string>> stream(std::string target,
                                                     std::vector<std::string> data,
                                                     std::string channel);

  /// Prints a line.
  void say(std::string_view text) { circuit::say(board_.out, title_, text); }

  /// What the page at "/" shows.
  void show(const LiveState& state) { page_.show(state); }

 private:
  std::shared_ptr<couplet::Resource> newRoot();
  couplet::Deferred<void> converse(couplet::WebSocket socket, std::string channel);
  couplet::Deferred<std::string> acknowledge(std::string channel, std::string data);
  couplet::Deferred<void> leave();
  Wire& wireTo(const std::string& target);

  Board board_;
  std::string name_;
  std::string title_;
  couplet::Address where_;
  LivePage page_;
  std::shared_ptr<couplet::WebSocketResource> sockets_;
  std::map<std::string, std::unique_ptr<Wire>> wires_;
  couplet::RunningWork work_;  // uses all of the above
};

}  // namespace circuit
