// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The page of a node: a picture of the circuit that changes as the circuit does.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <couplet/protocols/http/resource.h>
#include <couplet/protocols/message/message.h>
#include <couplet/protocols/websocket/websocket_resource.h>

namespace circuit {

/// What a node knows of the circuit.
struct LiveState {
  std::string node{};  ///< who knows it
  /// Of the clock: how many ticks came, and the last one.
  std::uint64_t ticks = 0;
  std::string tick{};
  /// Of the pin: 0 or 1 each. Empty for a node that does not know them.
  std::vector<int> bits{};
  /// Those that the buzzer got: the last ones, and how many were 1.
  std::vector<int> signals{};
  std::uint64_t buzzes = 0;
  /// Why the buzzer gets none; empty where it does.
  std::string trouble{};

  bool operator==(const LiveState&) const = default;

  /// Adds to `signals` and `buzzes`.
  void addSignal(int signal);

  static constexpr auto kMessage = couplet::message(
      "circuit.LiveState", couplet::member("node", &LiveState::node),
      couplet::member("ticks", &LiveState::ticks), couplet::member("tick", &LiveState::tick),
      couplet::member("bits", &LiveState::bits), couplet::member("signals", &LiveState::signals),
      couplet::member("buzzes", &LiveState::buzzes),
      couplet::member("trouble", &LiveState::trouble));
};

/// Sends the state, as JSON, to every WebSocket of `/live`: as it is when one is opened, and
/// whenever it is shown anew.
class LivePage {
 public:
  /// Of the node of this name.
  explicit LivePage(std::string node);
  ~LivePage();

  /// Puts the page, what belongs to it, and the WebSockets below `root`.
  void putInto(couplet::Resource& root);

  /// Whatever `state.node` is.
  void show(LiveState state);

  /// Closes the WebSockets, with 1001; fires when they are lost.
  couplet::Deferred<void> close();

 private:
  struct Viewers;

  std::string node_;
  std::shared_ptr<Viewers> viewers_;  // shared with the WebSockets
  std::shared_ptr<couplet::WebSocketResource> live_;
};

}  // namespace circuit
