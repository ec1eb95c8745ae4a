// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The agreement on permessage-deflate: RFC 7692, 5 and 7.1.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <couplet/protocols/http/headers.h>
#include <couplet/protocols/websocket/websocket_options.h>

namespace couplet::detail {

/// What both sides do.
struct DeflateParameters {
  bool serverKeepsContext = true;
  bool clientKeepsContext = true;
  int serverMaxWindowBits = 15;
  int clientMaxWindowBits = 15;

  friend bool operator==(const DeflateParameters&, const DeflateParameters&) = default;
};

/// What a server agrees to: the parameters, and the Sec-WebSocket-Extensions that says so.
struct DeflateAnswer {
  DeflateParameters parameters;
  std::string header;
};

/// Throws std::invalid_argument where a number is out of its bounds, which it names.
void requireCompression(const WebSocketCompression& wanted);

/// The first of the client's offers that can be kept, in their order; nothing where there is none.
/// An offer that is not understood is passed by, as are other extensions; a header that is no list
/// of extensions throws HTTPError(400).
std::optional<DeflateAnswer> answerDeflateOffers(const Headers& request,
                                                 const WebSocketCompression& wanted);

/// The Sec-WebSocket-Extensions of a client. What it wishes of the server comes first, and then the
/// same without it: a server that cannot keep the wish may agree to that.
std::string deflateOffer(const WebSocketCompression& wanted);

/// What the server's response agrees to; nothing where it agrees to no extension. The client keeps
/// to what it offered of itself, whether the server says so or not. Throws WebSocketHandshakeError
/// for what was not offered, or is not understood: RFC 7692, 5.1 and 7.1.
std::optional<DeflateParameters> readDeflateAnswer(
    const Headers& response, const std::optional<WebSocketCompression>& offered);

}  // namespace couplet::detail
