// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A message of a WebSocket, as a value.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#pragma GCC visibility push(default)
namespace couplet {

/// What the bytes of a message are. A text is UTF-8.
enum class WebSocketKind : std::uint8_t { kText, kBinary };

/// What `WebSocket::receive` gives.
struct WebSocketMessage {
  WebSocketKind kind = WebSocketKind::kText;
  std::string payload;

  bool isText() const noexcept { return kind == WebSocketKind::kText; }
  friend bool operator==(const WebSocketMessage&, const WebSocketMessage&) = default;
};

/// A message that goes to many: what it is on the wire is made once for all that agreed on the
/// same, instead of once for each. Copies share it. Belongs to one thread.
class PreparedMessage {
 public:
  /// Throws std::invalid_argument for a text that is no UTF-8.
  static PreparedMessage text(std::string payload);
  static PreparedMessage binary(std::string payload);

  WebSocketKind kind() const noexcept;
  /// Valid as long as this or a copy.
  std::string_view payload() const noexcept;

 private:
  friend class WebSocketProtocol;
  struct Forms;

  explicit PreparedMessage(std::shared_ptr<Forms> forms) noexcept;

  std::shared_ptr<Forms> forms_;  // the payload, and what was made of it
};

}  // namespace couplet
#pragma GCC visibility pop
