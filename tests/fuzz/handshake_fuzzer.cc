// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The opening handshake of a WebSocket: any header fields to both sides. README.md has the form of
// an input. What a server agrees to, it was offered and a client takes; what a client agrees to, it
// offered.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/protocols/http/base64.h>
#include <couplet/protocols/http/request_parser.h>
#include <couplet/protocols/http/response_parser.h>
#include <couplet/protocols/websocket/detail/handshake.h>
#include <couplet/protocols/websocket/errors.h>

#include "require.h"
#include "script.h"

namespace {

using couplet::Headers;
using couplet::HTTPError;
using couplet::HTTPEvent;
using couplet::Request;
using couplet::Response;
using couplet::WebSocketCompression;
using couplet::detail::ClientHandshake;
using couplet::detail::DeflateParameters;
using couplet::detail::ServerHandshake;
using couplet::fuzz::require;
using couplet::fuzz::takeField;

const std::vector<std::string> kSubprotocols = {"v2.chat", "v1.chat"};
const std::vector<std::string> kOrigins = {"same", "http://other", "null"};

constexpr char kRequest[] = "GET /chat HTTP/1.1\r\nHost: a:8080\r\n";
constexpr char kGoodRequest[] =
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
constexpr char kResponse[] = "HTTP/1.1 101 Switching Protocols\r\n";
constexpr char kGoodResponse[] = "Upgrade: websocket\r\nConnection: Upgrade\r\n";

/// `g` for a message that is good but for the fields of the input; `c` with compression, `s` with
/// as little of it as there may be.
struct Settings {
  explicit Settings(std::string_view letters) : good(letters.find('g') != letters.npos) {
    if (letters.find('c') != letters.npos) compression.emplace();
    if (letters.find('s') != letters.npos) {
      compression = WebSocketCompression{.serverContextTakeover = false,
                                         .clientContextTakeover = false,
                                         .serverMaxWindowBits = 9,
                                         .clientMaxWindowBits = 8};
    }
  }

  bool good;
  std::optional<WebSocketCompression> compression;
};

bool isAllowed(const DeflateParameters& agreed, const WebSocketCompression& wanted) {
  return agreed.serverMaxWindowBits >= 8 && agreed.clientMaxWindowBits >= 8 &&
         agreed.serverMaxWindowBits <= 15 && agreed.clientMaxWindowBits <= 15 &&
         (wanted.clientContextTakeover || !agreed.clientKeepsContext);
}

void checkAgreed(const Request& request, const ServerHandshake& handshake,
                 const Settings& settings) {
  const Headers& asked = request.headers();
  const auto key = asked.get("Sec-WebSocket-Key");
  require(key && couplet::base64Decode(*key)->size() == 16, "the key has 16 bytes");
  require(handshake.headers.get("Sec-WebSocket-Accept") == couplet::detail::acceptOf(*key),
          "the key is accepted");
  const std::string& subprotocol = handshake.agreement.subprotocol;
  require(subprotocol.empty() || asked.hasElement("Sec-WebSocket-Protocol", subprotocol),
          "the subprotocol was offered");
  require(handshake.headers.get("Sec-WebSocket-Protocol").value_or("") == subprotocol,
          "the client is told the subprotocol");
  const auto& deflate = handshake.agreement.deflate;
  require(deflate.has_value() == handshake.headers.has("Sec-WebSocket-Extensions"),
          "the client is told of the compression");
  if (!deflate) return;
  require(settings.compression && isAllowed(*deflate, *settings.compression),
          "the compression is as it is wanted");
  require(couplet::detail::readDeflateAnswer(handshake.headers, WebSocketCompression()) == *deflate,
          "a client understands it so");
}

void checkServer(const Settings& settings, const std::string& lines) {
  const std::string text =
      std::string(kRequest).append(settings.good ? kGoodRequest : "").append(lines);
  couplet::HTTPLimits limits;
  couplet::HTTPHeadTable table;
  couplet::HTTPRequestParser parser(limits, table);
  std::string_view rest = text;
  if (parser.next(rest) != HTTPEvent::kHead) return;
  Request request;
  request.assign(parser.head());
  try {
    const couplet::detail::ServerTerms terms{kSubprotocols, kOrigins, settings.compression};
    checkAgreed(request, couplet::detail::answerHandshake(request, terms), settings);
  } catch (const HTTPError& error) {
    const int status = error.status();
    require(status == 400 || status == 403 || status == 426, "a refusal has its status");
  }
}

void checkClient(const Settings& settings, const std::string& lines) {
  const ClientHandshake handshake(kSubprotocols, settings.compression);
  Headers sent;
  handshake.addTo(sent);
  std::string text = std::string(kResponse).append(settings.good ? kGoodResponse : "");
  if (settings.good) {
    const std::string accept = couplet::detail::acceptOf(sent.get("Sec-WebSocket-Key").value());
    text.append("Sec-WebSocket-Accept: ").append(accept).append("\r\n");
  }
  text.append(lines);
  couplet::HTTPLimits limits;
  couplet::HTTPHeadTable table;
  couplet::HTTPResponseParser parser(limits, table);
  parser.expectResponse({.method = "GET", .offersUpgrade = true});
  std::string_view rest = text;
  if (parser.next(rest) != HTTPEvent::kHead) return;
  Response response(101);
  response.headers.assign(parser.head().fields, parser.head().fieldLines);
  try {
    const auto agreement = handshake.agree(response);
    require(settings.good, "nobody guesses what accepts the key");
    require(agreement.subprotocol.empty() ||
                std::count(kSubprotocols.begin(), kSubprotocols.end(), agreement.subprotocol) == 1,
            "the subprotocol was offered");
    require(
        !agreement.deflate ||
            (settings.compression && isAllowed(*agreement.deflate, *settings.compression) &&
             agreement.deflate->clientMaxWindowBits <= settings.compression->clientMaxWindowBits),
        "the compression was offered");
  } catch (const couplet::WebSocketHandshakeError& error) {
    require(std::string_view(error.what()).starts_with("the server"), "people are told why");
  }
}

/// Line ends as HTTP has them, and one more.
std::string linesOf(std::string_view text) {
  std::string lines;
  for (const char c : text) lines.append(c == '\n' ? "\r\n" : std::string_view(&c, 1));
  return lines.append(lines.empty() || lines.ends_with("\r\n") ? "\r\n" : "\r\n\r\n");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const Settings settings(takeField(input));
  const std::string lines = linesOf(input);
  checkServer(settings, lines);
  checkClient(settings, lines);
  return 0;
}
