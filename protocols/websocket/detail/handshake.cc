// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/websocket/detail/handshake.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

#include <couplet/protocols/http/base64.h>
#include <couplet/protocols/http/detail/character_set.h>
#include <couplet/protocols/http/detail/grammar.h>
#include <couplet/protocols/http/status.h>
#include <couplet/protocols/http/url.h>
#include <couplet/protocols/websocket/detail/frame_writer.h>
#include <couplet/protocols/websocket/detail/sha1.h>
#include <couplet/protocols/websocket/errors.h>

namespace couplet::detail {

namespace {

constexpr std::string_view kKeyField = "Sec-WebSocket-Key";
constexpr std::string_view kAcceptField = "Sec-WebSocket-Accept";
constexpr std::string_view kVersionField = "Sec-WebSocket-Version";
constexpr std::string_view kProtocolField = "Sec-WebSocket-Protocol";
constexpr std::string_view kExtensionsField = "Sec-WebSocket-Extensions";
constexpr std::string_view kGUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455, 1.3
constexpr std::string_view kVersion = "13";
constexpr std::size_t kKeySize = 16;  // bytes

/// The value of a field that there is once; nothing where there is none, or several.
std::optional<std::string_view> onlyValue(const Headers& headers, std::string_view name) {
  const std::vector<std::string_view> values = headers.all(name);
  return values.size() == 1 ? std::optional(values[0]) : std::nullopt;
}

bool hasDuplicate(std::vector<std::string_view> names) {
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

// The server.

[[noreturn]] void refuse(const char* why) { throw HTTPError(400, why); }

/// RFC 9110, 15.5.22: says what is spoken.
[[noreturn]] void askForUpgrade(const char* why) {
  throw HTTPError(426, why, {{"Upgrade", "websocket"}, {kVersionField, kVersion}});
}

/// RFC 6455, 4.2.1. An Upgrade in HTTP/1.0 is ignored: RFC 9110, 7.8.
void checkUpgrade(const Request& request) {
  const Headers& headers = request.headers();
  if (request.method() != "GET") throw HTTPError(405, "", {{"Allow", "GET"}});
  if (request.version() == HTTPVersion::kHTTP10 || !headers.hasElement("Upgrade", "websocket") ||
      !headers.hasElement("Connection", "upgrade")) {
    askForUpgrade("a WebSocket is spoken here");
  }
  if (onlyValue(headers, kVersionField) != kVersion) {
    askForUpgrade("version 13 of WebSocket is spoken here");
  }
}

void checkNoBody(const Request& request) {
  const auto length = request.headers().get("Content-Length");
  const bool announced = length && length->find_first_not_of('0') != length->npos;
  if (announced || request.headers().has("Transfer-Encoding") || !request.body().empty()) {
    refuse("a request for a WebSocket has no body");
  }
}

std::string_view keyOf(const Headers& headers) {
  const auto key = onlyValue(headers, kKeyField);
  if (!key) refuse("there is not one Sec-WebSocket-Key");
  const auto bytes = base64Decode(*key);
  if (!bytes || bytes->size() != kKeySize) refuse("Sec-WebSocket-Key is not 16 bytes in base64");
  return *key;
}

/// An http or https origin: RFC 6454, 6.2. Nothing for others, which have no such parts.
std::optional<Url> webOrigin(std::string_view origin) {
  const std::size_t colon = origin.find("://");
  if (colon == origin.npos) return std::nullopt;
  if (origin.find_first_of("/?#", colon + 3) != origin.npos) return std::nullopt;
  auto url = Url::tryParse(origin);
  return url ? std::optional(std::move(url).value()) : std::nullopt;
}

/// The scheme is the origin's own: a proxy may have taken TLS off.
bool isSameAsHost(const std::optional<Url>& origin, std::string_view host) {
  if (!origin) return false;
  const auto asked = webOrigin(std::string(origin->scheme()).append("://").append(host));
  return asked && asked->sameOrigin(*origin);
}

bool isSameOrigin(std::string_view origin, const std::optional<Url>& parsed,
                  std::string_view accepted) {
  if (sameIgnoringCase(origin, accepted)) return true;
  if (!parsed) return false;
  const auto other = webOrigin(accepted);
  return other && other->sameOrigin(*parsed);
}

/// RFC 6455, 10.2.
void checkOrigin(const Request& request, std::span<const std::string> accepted) {
  if (!request.headers().has("Origin")) return;
  const auto origin = onlyValue(request.headers(), "Origin");
  if (!origin) refuse("there is more than one Origin");
  const std::optional<Url> parsed = webOrigin(*origin);
  for (const std::string& one : accepted) {
    if (one == "*") return;
    if (one == "same" ? isSameAsHost(parsed, request.host()) : isSameOrigin(*origin, parsed, one)) {
      return;
    }
  }
  throw HTTPError(403, "this origin is not accepted");
}

/// Of all lines. RFC 6455, 4.1: tokens, none of them twice.
std::vector<std::string_view> offeredSubprotocols(const Headers& headers) {
  std::vector<std::string_view> offered;
  for (std::string_view line : headers.all(kProtocolField)) {
    while (const auto name = nextElement(line)) {
      if (!isHTTPToken(*name)) refuse("a name in Sec-WebSocket-Protocol is no token");
      offered.push_back(*name);
    }
  }
  if (hasDuplicate(offered)) refuse("a name is twice in Sec-WebSocket-Protocol");
  return offered;
}

std::string chooseSubprotocol(const Headers& headers, std::span<const std::string> ours) {
  const std::vector<std::string_view> offered = offeredSubprotocols(headers);
  for (const std::string& name : ours) {
    if (std::find(offered.begin(), offered.end(), name) != offered.end()) return name;
  }
  return "";
}

// The client.

[[noreturn]] void giveUp(const std::string& why, int status = 101) {
  throw WebSocketHandshakeError(why, status);
}

void checkStatus(int status) {
  if (status == 101) return;
  std::string what = "the server answered " + std::to_string(status);
  const std::string_view reason = reasonPhrase(status);
  if (!reason.empty()) what.append(" (").append(reason).append(")");
  giveUp(what + " instead of 101", status);
}

/// RFC 6455, 4.1: what the client checks, from 2 on.
void checkSwitch(const Headers& headers, std::string_view key) {
  const auto upgrade = onlyValue(headers, "Upgrade");
  if (!upgrade || !sameIgnoringCase(*upgrade, "websocket")) {
    giveUp("the server's Upgrade is not to websocket");
  }
  if (!headers.hasElement("Connection", "upgrade")) {
    giveUp("the server's Connection does not say upgrade");
  }
  if (onlyValue(headers, kAcceptField) != acceptOf(key)) {
    giveUp("the server's Sec-WebSocket-Accept does not fit the key");
  }
}

std::string agreedSubprotocol(const Headers& headers, std::span<const std::string> offered) {
  if (!headers.has(kProtocolField)) return "";
  const auto name = onlyValue(headers, kProtocolField);
  if (!name) giveUp("the server chose more than one subprotocol");
  if (std::find(offered.begin(), offered.end(), *name) == offered.end()) {
    giveUp("the server chose a subprotocol that was not offered");
  }
  return std::string(*name);
}

std::string joined(std::span<const std::string> names) {
  std::string list;
  for (const std::string& name : names) list.append(list.empty() ? "" : ", ").append(name);
  return list;
}

std::string newKey() {
  std::string bytes;
  while (bytes.size() < kKeySize) {
    const std::array<std::uint8_t, 4> random = newMask();
    bytes.append(random.begin(), random.end());
  }
  return base64Encode(bytes);
}

}  // namespace

void requireTokens(std::span<const std::string> subprotocols) {
  for (const std::string& name : subprotocols) {
    if (!isHTTPToken(name)) throw std::invalid_argument("a subprotocol's name is no token");
  }
  if (hasDuplicate({subprotocols.begin(), subprotocols.end()})) {
    throw std::invalid_argument("a subprotocol is named twice");
  }
}

ServerHandshake answerHandshake(const Request& request, const ServerTerms& terms) {
  checkUpgrade(request);
  checkNoBody(request);
  const Headers& headers = request.headers();
  const std::string_view key = keyOf(headers);
  checkOrigin(request, terms.origins);
  ServerHandshake handshake;
  handshake.headers.add(kAcceptField, acceptOf(key));
  std::string& subprotocol = handshake.agreement.subprotocol;
  subprotocol = chooseSubprotocol(headers, terms.subprotocols);
  if (!subprotocol.empty()) handshake.headers.add(kProtocolField, subprotocol);
  if (!terms.compression) return handshake;
  if (const auto answer = answerDeflateOffers(headers, *terms.compression)) {
    handshake.agreement.deflate = answer->parameters;
    handshake.headers.add(kExtensionsField, answer->header);
  }
  return handshake;
}

ClientHandshake::ClientHandshake(std::span<const std::string> subprotocols,
                                 const std::optional<WebSocketCompression>& compression)
    : key_(newKey()), subprotocols_(subprotocols), compression_(compression) {}

void ClientHandshake::addTo(Headers& request) const {
  request.set("Upgrade", "websocket");
  request.set("Connection", "Upgrade");
  request.set(kKeyField, key_);
  request.set(kVersionField, kVersion);
  if (!subprotocols_.empty()) request.set(kProtocolField, joined(subprotocols_));
  if (compression_) request.set(kExtensionsField, deflateOffer(*compression_));
}

WebSocketAgreement ClientHandshake::agree(const Response& response) const {
  checkStatus(response.status);
  checkSwitch(response.headers, key_);
  return {agreedSubprotocol(response.headers, subprotocols_),
          readDeflateAnswer(response.headers, compression_)};
}

std::string acceptOf(std::string_view key) {
  return base64Encode(sha1(std::string(key).append(kGUID)));
}

}  // namespace couplet::detail
