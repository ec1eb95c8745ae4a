// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// For tests: a WebSocket that writes down what it hears, on a transport whose other end is played
// by the test.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/testing/websocket.h>
#include <couplet/protocols/websocket/detail/message_inflater.h>
#include <couplet/protocols/websocket/websocket_protocol.h>
#include <couplet/reactor/testing/string_transport.h>
#include "frames.h"

namespace couplet {

using namespace std::chrono_literals;

/// What a Speaker does, where the test says so, and what it has heard. Outlives it.
struct Script {
  std::vector<std::string> heard{};
  std::optional<WebSocketClosed> why{};  // from `closed`
  bool destroyed = false;

  std::function<void(WebSocketProtocol&)> whenOpened{};
  std::function<void(WebSocketProtocol&, std::string_view)> whenText{};
  std::function<void(WebSocketProtocol&)> whenClosing{};
  std::function<void()> whenClosed{};
};

class Speaker : public WebSocketProtocol {
 public:
  explicit Speaker(Script& script) : script_(script) {}
  ~Speaker() override { script_.destroyed = true; }

  void opened() override {
    note("opened");
    if (script_.whenOpened) script_.whenOpened(*this);
  }
  void textReceived(std::string_view text) override {
    note("text " + std::string(text));
    if (script_.whenText) script_.whenText(*this, text);
  }
  void binaryReceived(std::string_view bytes) override { note("binary " + std::string(bytes)); }
  void pongReceived(std::string_view payload) override { note("pong " + std::string(payload)); }
  void closing(const CloseReason& reason) override {
    note("closing " + reason.toString());
    if (script_.whenClosing) script_.whenClosing(*this);
  }
  void closed(const WebSocketClosed& why) override {
    note("closed");
    script_.why = why;
    if (script_.whenClosed) script_.whenClosed();
  }

 private:
  void note(std::string event) { script_.heard.push_back(std::move(event)); }

  Script& script_;
};

inline WebSocketSide otherOf(WebSocketSide side) {
  return side == WebSocketSide::kServer ? WebSocketSide::kClient : WebSocketSide::kServer;
}

/// One Speaker, a server unless `side` says otherwise.
class SpeakerTest : public ::testing::Test {
 protected:
  void open() {
    testing::openWebSocket(transport, *socket, {side, options, ""});
    other.emplace(otherOf(side), WebSocketParser::Limits{.message = SIZE_MAX});
    if (options.compression)
      other->inflateWith(std::make_unique<detail::MessageInflater>(15, true));
  }

  /// The other side sends a frame.
  void receive(unsigned first, std::string_view payload) {
    receiveBytes(frames::toSide(side, first, payload));
  }
  void receiveText(std::string_view text) { receive(frames::kText, text); }
  void receiveClose(std::uint16_t code, std::string_view text = "") {
    receive(frames::kClose, frames::closing(code, text));
  }
  void receiveBytes(std::string_view bytes) {
    socket->dataReceived(bytes);
    transport.turn();
  }
  void otherEndsInput() {
    socket->readConnectionLost();
    transport.turn();
  }
  void lose() {
    transport.abortConnection();
    transport.turn();
  }
  void advance(Duration by) {
    transport.fakeClock().advance(by);
    transport.turn();
  }

  /// The bytes that were sent since the last call, and what the other side finds in them.
  std::string sent() {
    std::string bytes(transport.value());
    transport.clear();
    return bytes;
  }
  std::vector<std::string> said() { return frames::hear(*other, sent()); }

  WebSocketSide side = WebSocketSide::kServer;
  WebSocketOptions options;
  Script script;
  testing::StringTransport transport;
  std::optional<WebSocketParser> other;
  std::unique_ptr<Speaker> socket = std::make_unique<Speaker>(script);
};

}  // namespace couplet
