// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The opening handshake: RFC 6455, 4.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <couplet/protocols/http/request.h>
#include <couplet/protocols/http/response.h>
#include <couplet/protocols/websocket/detail/permessage_deflate.h>
#include <couplet/protocols/websocket/websocket_options.h>

namespace couplet::detail {

/// What both sides agreed on.
struct WebSocketAgreement {
  std::string subprotocol;  // "" for none
  std::optional<DeflateParameters> deflate;
};

/// What a server accepts.
struct ServerTerms {
  std::span<const std::string> subprotocols;  // the one it likes best first
  std::span<const std::string> origins;       // "*" for any, "same" for the one that is asked
  const std::optional<WebSocketCompression>& compression;
};

struct ServerHandshake {
  WebSocketAgreement agreement;
  Headers headers;  // of the 101, beside Upgrade and Connection
};

/// For the names that users give. Throws std::invalid_argument for one that is no token (RFC 6455,
/// 4.1), or is there twice.
void requireTokens(std::span<const std::string> subprotocols);

/// Throws HTTPError where `request` asks for no WebSocket as it should: 405 but for GET, 426 (with
/// what is spoken) without an Upgrade to websocket or with another version than 13, 400 for what is
/// malformed, 403 for an Origin that is not accepted. A client that says no Origin is no browser,
/// and is accepted. The first subprotocol of the terms that the client offers, too, is agreed on;
/// none is no error.
ServerHandshake answerHandshake(const Request& request, const ServerTerms& terms);

/// A client's handshake, with a key of its own.
class ClientHandshake {
 public:
  ClientHandshake(std::span<const std::string> subprotocols,
                  const std::optional<WebSocketCompression>& compression);

  /// Adds what asks for the WebSocket: Upgrade, Connection and the Sec-WebSocket fields.
  void addTo(Headers& request) const;

  /// Throws WebSocketHandshakeError where `response` is no 101 to this request.
  WebSocketAgreement agree(const Response& response) const;

 private:
  std::string key_;
  std::span<const std::string> subprotocols_;
  const std::optional<WebSocketCompression>& compression_;
};

/// The Sec-WebSocket-Accept to a key: RFC 6455, 4.2.2, 5.4.
std::string acceptOf(std::string_view key);

}  // namespace couplet::detail
