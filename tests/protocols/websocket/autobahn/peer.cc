// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "tests/protocols/websocket/autobahn/peer.h"

#include <stdexcept>
#include <utility>

#include <couplet/protocols/websocket/detail/handshake.h>
#include <couplet/protocols/websocket/websocket_client.h>
#include <couplet/protocols/websocket/websocket_resource.h>

namespace couplet::autobahn {

namespace {

// The nonce and its answer in RFC 6455, 1.3.
constexpr char kNonce[] = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view kItsAnswer = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

constexpr int kPort = 8765;

/// The value of a field of a message's head; "" where it is not there.
std::string fieldOf(std::string_view head, std::string_view name) {
  const std::size_t at = head.find(std::string("\r\n").append(name).append(": "));
  if (at == head.npos) return "";
  const std::size_t begin = at + 2 + name.size() + 2;
  return std::string(head.substr(begin, head.find("\r\n", begin) - begin));
}

std::string extensionLine(const std::string& extensions) {
  return extensions.empty() ? "" : "Sec-WebSocket-Extensions: " + extensions + "\r\n";
}

}  // namespace

Peer::Peer(WebSocketSide side, WebSocketOptions options)
    : side_(side), options_(std::move(options)) {}

Peer::~Peer() = default;

void Peer::shakeHands(const std::string& extensions) {
  side_ == WebSocketSide::kServer ? askForWebSocket(extensions) : answerRequest(extensions);
  reactor_.flush();
  if (told_.timesOpened != 1) throw std::runtime_error("the WebSocket did not open");
}

void Peer::askForWebSocket(const std::string& extensions) {
  auto sockets = std::make_shared<WebSocketResource>(
      [this](Request&) { return std::make_unique<Echo>(told_); },
      WebSocketServerOptions{.socket = options_});
  reactor_.listenTCP(kPort, newWebSocketFactory(std::move(sockets)));
  peer_ = reactor_.tcpServers().at(0).connect();
  sendBytes(
      "GET / HTTP/1.1\r\nHost: echo.example:8765\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " +
      std::string(kNonce) + "\r\n" + extensionLine(extensions) + "\r\n");
  const std::string head = takeHead();
  if (!head.starts_with("HTTP/1.1 101 ") || fieldOf(head, "Sec-WebSocket-Accept") != kItsAnswer) {
    throw std::runtime_error("this is no WebSocket: " + head);
  }
  itsExtensions_ = fieldOf(head, "Sec-WebSocket-Extensions");
}

void Peer::answerRequest(const std::string& extensions) {
  WebSocketClientOptions options;
  options.socket = options_;
  connecting_ =
      connectWebSocket(reactor_, "ws://echo.example:8765/", std::make_unique<Echo>(told_), options);
  peer_ = reactor_.tcpClients().at(0).succeed();
  reactor_.flush();
  const std::string head = takeHead();
  itsExtensions_ = fieldOf(head, "Sec-WebSocket-Extensions");
  sendBytes(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: " +
      detail::acceptOf(fieldOf(head, "Sec-WebSocket-Key")) + "\r\n" + extensionLine(extensions) +
      "\r\n");
}

/// The head that came, and nothing after it.
std::string Peer::takeHead() {
  std::string head(peer_->value());
  if (!head.ends_with("\r\n\r\n")) throw std::runtime_error("this is no HTTP: " + head);
  peer_->clear();
  return head;
}

void Peer::send(const std::vector<Frame>& frames) {
  std::string bytes;
  for (const Frame& frame : frames) bytes += bytesOf(frame);
  sendBytes(bytes);
}

void Peer::sendOneByOne(const std::vector<Frame>& frames) {
  for (const Frame& frame : frames) sendBytes(bytesOf(frame));
}

void Peer::sendBytes(std::string_view bytes) {
  peer_->write(bytes);
  reactor_.flush();
}

std::string Peer::bytesOf(const Frame& frame) const {
  return frames::toSide(side_, frame.first, frame.payload);
}

std::vector<Frame> Peer::hear() {
  std::vector<Frame> heard;
  std::string_view bytes = peer_->value();
  while (!bytes.empty()) heard.push_back(takeFrame(side_, bytes));
  peer_->clear();
  return heard;
}

void Peer::hangUp() {
  peer_->loseConnection();
  reactor_.flush();
}

}  // namespace couplet::autobahn
