// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A client that does what it is told, for tests with the servers of others:
//
//     websocket_client ws://127.0.0.1:8765/echo text:poem ping close:4000:bye
//
// It says what was agreed on, then a line for each step:
//
//     text:TEXT, noise:SIZE, blanks:SIZE, unicode    sends a message, and waits for an answer
//     pieces:TEXT:...     the same, with a frame for each
//     ping                sends one and waits until it is answered
//     receive             waits for a message
//     close:CODE:TEXT     closes
//     closed              waits until the other side does
#include <charconv>
#include <cstdint>
#include <iostream>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <couplet/protocols/program/program.h>
#include <couplet/protocols/websocket/websocket_client.h>

namespace {

using couplet::CloseReason;
using couplet::Deferred;
using couplet::WebSocket;
using couplet::WebSocketClosed;
using couplet::WebSocketKind;
using couplet::WebSocketMessage;

struct Settings {
  bool compression = false;
  std::vector<std::string> subprotocols;
  std::string origin;

  static constexpr auto kMessage = couplet::message(
      "websocket_client.Settings", couplet::member("compression", &Settings::compression),
      couplet::member("subprotocols", &Settings::subprotocols),
      couplet::member("origin", &Settings::origin));
};

/// The parts of a step, of which the first is its name.
std::vector<std::string> split(std::string_view step) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t colon = step.find(':');
    parts.emplace_back(step.substr(0, colon));
    if (colon == step.npos) return parts;
    step.remove_prefix(colon + 1);
  }
}

int number(const std::string& text) {
  int value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec == std::errc()) return value;
  throw couplet::UsageError("No number: " + text);
}

void appendUtf8(std::string& text, std::uint32_t c) {
  const auto more = [c](int shift) { return static_cast<char>(0x80 | (c >> shift & 0x3f)); };
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += {static_cast<char>(0xc0 | c >> 6), more(0)};
  } else if (c < 0x10000) {
    text += {static_cast<char>(0xe0 | c >> 12), more(6), more(0)};
  } else {
    text += {static_cast<char>(0xf0 | c >> 18), more(12), more(6), more(0)};
  }
}

/// All characters that there are.
std::string allOfUnicode() {
  std::string text;
  for (std::uint32_t c = 0; c < 0x110000; ++c) {
    if (c < 0xd800 || c > 0xdfff) appendUtf8(text, c);
  }
  return text;
}

std::string noise(int size) {
  std::minstd_rand random(1);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random() >> 16);
  return bytes;
}

WebSocketMessage messageOf(const std::vector<std::string>& step) {
  if (step[0] == "unicode") return {WebSocketKind::kText, allOfUnicode()};
  if (step[0] == "text") return {WebSocketKind::kText, step.at(1)};
  if (step[0] == "blanks") return {WebSocketKind::kText, std::string(number(step.at(1)), ' ')};
  if (step[0] == "noise") return {WebSocketKind::kBinary, noise(number(step.at(1)))};
  throw couplet::UsageError("No step: " + step[0]);
}

std::string description(const std::optional<WebSocketMessage>& message) {
  if (!message) return "closed";
  return (message->isText() ? "text " : "binary ") + message->payload.substr(0, 100);
}

Deferred<void> send(WebSocket& socket, const WebSocketMessage& message) {
  if (message.isText()) return socket.send(message.payload);
  return socket.sendBinary(message.payload);
}

Deferred<std::string> echo(WebSocket& socket, WebSocketMessage message) {
  co_await send(socket, message);
  const auto back = co_await socket.receive();
  co_return back == message ? "same" : description(back);
}

Deferred<std::string> echoPieces(WebSocket& socket, std::vector<std::string> step) {
  socket.beginMessage(WebSocketKind::kText);
  for (std::size_t i = 1; i < step.size(); ++i) co_await socket.sendPiece(step[i]);
  co_await socket.endMessage();
  co_return description(co_await socket.receive());
}

std::string toString(const WebSocketClosed& why) {
  const bool other = why.by() == WebSocketClosed::By::kOtherSide;
  return (other ? "other side: " : "this side: ") + std::to_string(why.reason().code()) + " " +
         why.reason().text() + (why.wasClean() ? " (clean)" : " (not clean)");
}

Deferred<std::string> close(WebSocket& socket, CloseReason reason) {
  const WebSocketClosed why = co_await socket.close(reason);
  co_return toString(why);
}

/// The end comes by itself, so that `close` only waits for it.
Deferred<std::string> closed(WebSocket& socket) {
  const auto message = co_await socket.receive().addErrback(
      [](const couplet::Failure&) { return std::optional<WebSocketMessage>(); });
  if (message) co_return description(message);
  const CloseReason ignored;
  co_return co_await close(socket, ignored);
}

Deferred<std::string> take(WebSocket& socket, std::string text) {
  const std::vector<std::string> step = split(text);
  if (step[0] == "receive") co_return description(co_await socket.receive());
  if (step[0] == "closed") co_return co_await closed(socket);
  if (step[0] == "pieces") co_return co_await echoPieces(socket, step);
  if (step[0] == "close") {
    const CloseReason reason(static_cast<std::uint16_t>(number(step.at(1))), step.at(2));
    co_return co_await close(socket, reason);
  }
  if (step[0] == "ping") {
    co_await socket.ping();
    co_return "answered";
  }
  co_return co_await echo(socket, messageOf(step));
}

Deferred<void> converse(couplet::Program& program, const Settings& settings) {
  couplet::WebSocketClientOptions options;
  options.socket.messageLimit = 16 * 1024 * 1024;
  if (settings.compression) options.socket.compression.emplace();
  options.subprotocols = settings.subprotocols;
  if (!settings.origin.empty()) options.headers.add("Origin", settings.origin);
  const couplet::Arguments& steps = program.arguments();
  WebSocket socket = co_await connectWebSocket(program.reactor(), steps.at(0), options);
  std::cout << "open " << socket.subprotocol() << (socket.compressed() ? " compressed" : "")
            << std::endl;
  for (std::size_t i = 1; i < steps.size(); ++i) {
    const std::string told = co_await take(socket, steps[i]);
    std::cout << told << std::endl;
  }
}

}  // namespace

int main(int argc, char** argv) {
  couplet::ProgramOptions options;
  options.arguments = "URL STEP...";
  return couplet::runProgram(argc, argv, Settings(), converse, options);
}
