// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The opening handshake of both sides: RFC 6455, 4.
#include <couplet/protocols/websocket/detail/handshake.h>

#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

#include <couplet/protocols/http/base64.h>
#include <couplet/protocols/http/request_parser.h>
#include <couplet/protocols/websocket/errors.h>

namespace couplet {
namespace {

using detail::acceptOf;
using detail::answerHandshake;
using detail::ClientHandshake;
using detail::DeflateParameters;
using detail::requireTokens;
using detail::ServerHandshake;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::TestWithParam;
using ::testing::ValuesIn;

constexpr char kKey[] = "dGhlIHNhbXBsZSBub25jZQ==";

TEST(AcceptOfTest, FitsTheExampleOfTheRFC) {
  EXPECT_EQ(acceptOf(kKey), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

// The server.

/// A request as a parser gives it.
class Asked {
 public:
  explicit Asked(std::string_view text) {
    HTTPRequestParser parser(limits_, table_);
    if (parser.next(text) != HTTPEvent::kHead) throw std::logic_error("no head");
    request_.assign(parser.head());
  }
  const Request& operator*() const { return request_; }

 private:
  HTTPLimits limits_;
  HTTPHeadTable table_;
  Request request_;
};

/// A good request without `left`, one of its fields, and with `more`.
std::string requestText(std::string_view left = "", std::string_view more = "",
                        std::string_view line = "GET /chat HTTP/1.1") {
  std::string text = std::string(line) + "\r\n";
  for (const auto& [name, value] : std::vector<HeaderField>{{"Host", "example.com:8080"},
                                                            {"Upgrade", "websocket"},
                                                            {"Connection", "Upgrade"},
                                                            {"Sec-WebSocket-Key", kKey},
                                                            {"Sec-WebSocket-Version", "13"}}) {
    if (name != left) text.append(name).append(": ").append(value).append("\r\n");
  }
  return text.append(more).append("\r\n");
}

class ServerHandshakeTest : public ::testing::Test {
 protected:
  ServerHandshake answer(const std::string& text) {
    const Asked asked(text);
    return answerHandshake(*asked, {subprotocols, origins, compression});
  }
  ServerHandshake answerWith(const std::string& more) { return answer(requestText("", more)); }

  /// The refusal; 101 where there is none.
  HTTPError refusalOf(const std::string& text) {
    try {
      answer(text);
      return HTTPError(101);
    } catch (const HTTPError& error) {
      return error;
    }
  }
  int statusOf(const std::string& text) { return refusalOf(text).status(); }
  int statusWith(const std::string& more) { return statusOf(requestText("", more)); }

  std::vector<std::string> subprotocols;
  std::vector<std::string> origins{"same"};
  std::optional<WebSocketCompression> compression;
};

TEST_F(ServerHandshakeTest, AcceptsTheKey) {
  const ServerHandshake handshake = answerWith("");
  EXPECT_THAT(handshake.headers.get("Sec-WebSocket-Accept"),
              Optional(Eq("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")));
  EXPECT_EQ(handshake.headers.size(), 1u);
  EXPECT_EQ(handshake.agreement.subprotocol, "");
  EXPECT_FALSE(handshake.agreement.deflate);
}

TEST_F(ServerHandshakeTest, UpgradeAndConnectionAreListsWithoutCase) {
  EXPECT_EQ(statusOf(requestText("Upgrade", "Upgrade: h2c, WebSocket\r\n")), 101);
  EXPECT_EQ(statusOf(requestText("Connection", "Connection: keep-alive, upgrade\r\n")), 101);
  EXPECT_EQ(statusOf(requestText("Connection", "Connection: x\r\nConnection: UPGRADE\r\n")), 101);
}

TEST_F(ServerHandshakeTest, AnotherMethodIsRefused) {
  const HTTPError error = refusalOf(requestText("", "", "HEAD /chat HTTP/1.1"));
  EXPECT_EQ(error.status(), 405);
  EXPECT_THAT(error.headers().get("Allow"), Optional(Eq("GET")));
}

TEST_F(ServerHandshakeTest, WithoutAnUpgradeItSaysWhatIsSpoken) {
  for (const std::string& text :
       {requestText("Upgrade"), requestText("Connection"),
        requestText("Upgrade", "Upgrade: h2c\r\n"), requestText("Upgrade", "Upgrade: web\r\n"),
        requestText("Connection", "Connection: keep-alive\r\n"),
        requestText("", "", "GET /chat HTTP/1.0")}) {
    const HTTPError error = refusalOf(text);
    EXPECT_EQ(error.status(), 426);
    EXPECT_THAT(error.headers().get("Upgrade"), Optional(Eq("websocket")));
  }
}

TEST_F(ServerHandshakeTest, AnotherVersionIsToldOurs) {
  for (const char* more : {"", "Sec-WebSocket-Version: 8\r\n", "Sec-WebSocket-Version: 013\r\n",
                           "Sec-WebSocket-Version: 13, 8\r\n",
                           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 8\r\n"}) {
    const HTTPError error = refusalOf(requestText("Sec-WebSocket-Version", more));
    EXPECT_EQ(error.status(), 426) << more;
    EXPECT_THAT(error.headers().get("Sec-WebSocket-Version"), Optional(Eq("13")));
  }
}

TEST_F(ServerHandshakeTest, WantsOneKeyOf16Bytes) {
  for (const char* more :
       {"", "Sec-WebSocket-Key: \r\n", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ\r\n",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j\r\n", "Sec-WebSocket-Key: hello world\r\n",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZSE=\r\n",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Key: "
        "dGhlIHNhbXBsZSBub25jZQ==\r\n"}) {
    EXPECT_EQ(statusOf(requestText("Sec-WebSocket-Key", more)), 400) << more;
  }
}

TEST_F(ServerHandshakeTest, WantsNoBody) {
  EXPECT_EQ(statusWith("Content-Length: 0\r\n"), 101);
  EXPECT_EQ(statusWith("Content-Length: 5\r\n"), 400);
  EXPECT_EQ(statusWith("Content-Length: 10\r\n"), 400);
  EXPECT_EQ(statusWith("Transfer-Encoding: chunked\r\n"), 400);
}

TEST_F(ServerHandshakeTest, AgreesOnTheSubprotocolThatItLikesBest) {
  subprotocols = {"v2.chat", "v1.chat"};
  const ServerHandshake handshake =
      answerWith("Sec-WebSocket-Protocol: v1.chat\r\nSec-WebSocket-Protocol: x,v2.chat\r\n");
  EXPECT_EQ(handshake.agreement.subprotocol, "v2.chat");
  EXPECT_THAT(handshake.headers.get("Sec-WebSocket-Protocol"), Optional(Eq("v2.chat")));
}

TEST_F(ServerHandshakeTest, AgreesOnNoneWhereThereIsNoneOfBoth) {
  subprotocols = {"v2.chat"};
  for (const char* more :
       {"", "Sec-WebSocket-Protocol: V2.CHAT\r\n", "Sec-WebSocket-Protocol: v1.chat, v2\r\n"}) {
    const ServerHandshake handshake = answerWith(more);
    EXPECT_EQ(handshake.agreement.subprotocol, "");
    EXPECT_FALSE(handshake.headers.has("Sec-WebSocket-Protocol"));
  }
}

TEST_F(ServerHandshakeTest, SubprotocolsAreTokensAndDifferent) {
  EXPECT_EQ(statusWith("Sec-WebSocket-Protocol: a b\r\n"), 400);
  EXPECT_EQ(statusWith("Sec-WebSocket-Protocol: a/b\r\n"), 400);
  EXPECT_EQ(statusWith("Sec-WebSocket-Protocol: \"a\"\r\n"), 400);
  EXPECT_EQ(statusWith("Sec-WebSocket-Protocol: a, b, a\r\n"), 400);
  EXPECT_EQ(statusWith("Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: a\r\n"), 400);
  EXPECT_EQ(statusWith("Sec-WebSocket-Protocol: a, A\r\n"), 101);
}

TEST_F(ServerHandshakeTest, AgreesOnCompressionWhereItIsWanted) {
  const char* const offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
  EXPECT_FALSE(answerWith(offer).agreement.deflate);
  compression.emplace();
  const ServerHandshake handshake = answerWith(offer);
  EXPECT_THAT(handshake.agreement.deflate, Optional(DeflateParameters()));
  EXPECT_THAT(handshake.headers.get("Sec-WebSocket-Extensions"),
              Optional(Eq("permessage-deflate")));
  EXPECT_FALSE(answerWith("").headers.has("Sec-WebSocket-Extensions"));
  EXPECT_EQ(statusWith("Sec-WebSocket-Extensions: =\r\n"), 400);
}

// Origins.

struct OriginCase {
  std::vector<std::string> accepted;
  std::string origin;
  int status;
};

void PrintTo(const OriginCase& one, std::ostream* out) {
  for (const std::string& origin : one.accepted) *out << origin << ' ';
  *out << "<- " << one.origin;
}

const OriginCase kOrigins[] = {
    {{"same"}, "http://example.com:8080", 101},
    {{"same"}, "HTTP://Example.COM:8080", 101},
    {{"same"}, "https://example.com:8080", 101},  // a proxy may have taken TLS off
    {{"same"}, "http://example.com", 403},
    {{"same"}, "http://example.com:80", 403},
    {{"same"}, "http://www.example.com:8080", 403},
    {{"same"}, "http://example.com:8080.evil.org", 403},
    {{"same"}, "http://evil.org/http://example.com:8080", 403},
    {{"same"}, "http://evil.org#example.com:8080", 403},
    {{"same"}, "http://evil.org@example.com:8080", 403},
    {{"same"}, "http://example.com:8080/", 403},
    {{"same"}, "ftp://example.com:8080", 403},
    {{"same"}, "example.com:8080", 403},
    {{"same"}, "same", 403},
    {{"same"}, "null", 403},
    {{"same"}, "", 403},
    {{}, "http://example.com:8080", 403},
    {{"*"}, "http://evil.org", 101},
    {{"*"}, "null", 101},
    {{"null"}, "null", 101},
    {{"http://a.org"}, "null", 403},
    {{"http://a.org", "https://b.org"}, "https://b.org", 101},
    {{"http://a.org", "https://b.org"}, "http://b.org", 403},
    {{"http://a.org"}, "http://A.org:80", 101},
    {{"https://a.org:443"}, "https://a.org", 101},
    {{"https://a.org:444"}, "https://a.org", 403},
    {{"http://a.org"}, "http://a.org.", 403},
    {{"http://a.org"}, "http://a.org.evil.org", 403},
    {{"http://a.org", "same"}, "http://example.com:8080", 101},
    {{"http://[::1]:80"}, "http://[0:0:0:0:0:0:0:1]", 101},
    {{"chrome-extension://abc"}, "chrome-extension://abc", 101},
    {{"chrome-extension://abc"}, "chrome-extension://abcd", 403},
};

class OriginTest : public TestWithParam<OriginCase> {};

TEST_P(OriginTest, IsAcceptedOrNot) {
  const auto& [accepted, origin, status] = GetParam();
  const Asked asked(requestText("", "Origin: " + origin + "\r\n"));
  const std::optional<WebSocketCompression> none;
  try {
    answerHandshake(*asked, {{}, accepted, none});
    EXPECT_EQ(101, status);
  } catch (const HTTPError& error) {
    EXPECT_EQ(error.status(), status);
    EXPECT_THAT(error.what(), ::testing::StrEq("this origin is not accepted"));
  }
}

INSTANTIATE_TEST_SUITE_P(All, OriginTest, ValuesIn(kOrigins));

TEST_F(ServerHandshakeTest, WithoutAPortTheOriginHasItsDefault) {
  const std::string text = requestText("Host", "Host: example.com\r\nOrigin: ");
  const std::string head = text.substr(0, text.size() - 2);
  EXPECT_EQ(statusOf(head + "http://example.com:80\r\n\r\n"), 101);
  EXPECT_EQ(statusOf(head + "https://example.com\r\n\r\n"), 101);
  EXPECT_EQ(statusOf(head + "http://example.com:8080\r\n\r\n"), 403);
}

TEST_F(ServerHandshakeTest, WhoSaysNoOriginIsNoBrowser) {
  origins = {};
  EXPECT_EQ(statusWith(""), 101);
}

TEST_F(ServerHandshakeTest, TwoOriginsAreNone) {
  origins = {"*"};
  EXPECT_EQ(statusWith("Origin: http://a\r\nOrigin: http://a\r\n"), 400);
}

// The client.

class ClientHandshakeTest : public ::testing::Test {
 protected:
  Headers requestHeaders() const {
    Headers headers;
    handshake.addTo(headers);
    return headers;
  }
  /// What a good server answers.
  Response response() const {
    Response response(101);
    response.headers = {{"Upgrade", "websocket"}, {"Connection", "Upgrade"}};
    response.headers.add("Sec-WebSocket-Accept",
                         acceptOf(requestHeaders().get("Sec-WebSocket-Key").value()));
    return response;
  }
  Response responseWith(std::string_view name, std::string_view value) const {
    Response with = response();
    with.headers.set(name, value);
    return with;
  }
  /// What is wrong; "" for nothing.
  std::string wrongWith(const Response& response) const {
    try {
      handshake.agree(response);
      return "";
    } catch (const WebSocketHandshakeError& error) {
      EXPECT_EQ(error.status(), response.status);
      return error.what();
    }
  }

  std::vector<std::string> subprotocols{"v2.chat", "v1.chat"};
  std::optional<WebSocketCompression> compression{WebSocketCompression()};
  ClientHandshake handshake{subprotocols, compression};
};

TEST_F(ClientHandshakeTest, AsksForAWebSocket) {
  const Headers headers = requestHeaders();
  EXPECT_THAT(headers.get("Upgrade"), Optional(Eq("websocket")));
  EXPECT_THAT(headers.get("Connection"), Optional(Eq("Upgrade")));
  EXPECT_THAT(headers.get("Sec-WebSocket-Version"), Optional(Eq("13")));
  EXPECT_THAT(headers.get("Sec-WebSocket-Protocol"), Optional(Eq("v2.chat, v1.chat")));
  EXPECT_THAT(headers.get("Sec-WebSocket-Extensions"),
              Optional(Eq("permessage-deflate; client_max_window_bits")));
}

TEST_F(ClientHandshakeTest, TheKeyIsOf16BytesAndItsOwn) {
  const std::string key(requestHeaders().get("Sec-WebSocket-Key").value());
  EXPECT_EQ(base64Decode(key).value().size(), 16u);
  Headers others;
  ClientHandshake(subprotocols, compression).addTo(others);
  EXPECT_NE(others.get("Sec-WebSocket-Key").value(), key);
  EXPECT_THAT(requestHeaders().get("Sec-WebSocket-Key"), Optional(Eq(key)));
}

TEST_F(ClientHandshakeTest, WithoutSubprotocolsAndCompressionItOffersNone) {
  const std::optional<WebSocketCompression> none;
  Headers headers;
  ClientHandshake({}, none).addTo(headers);
  EXPECT_FALSE(headers.has("Sec-WebSocket-Protocol"));
  EXPECT_FALSE(headers.has("Sec-WebSocket-Extensions"));
}

TEST_F(ClientHandshakeTest, AgreesToAGoodAnswer) {
  const auto agreement = handshake.agree(response());
  EXPECT_EQ(agreement.subprotocol, "");
  EXPECT_FALSE(agreement.deflate);
}

TEST_F(ClientHandshakeTest, AgreesToWhatItOffered) {
  Response answer = responseWith("Sec-WebSocket-Protocol", "v1.chat");
  answer.headers.set("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits=9");
  const auto agreement = handshake.agree(answer);
  EXPECT_EQ(agreement.subprotocol, "v1.chat");
  EXPECT_THAT(agreement.deflate, Optional(DeflateParameters{.clientMaxWindowBits = 9}));
}

TEST_F(ClientHandshakeTest, UpgradeAndConnectionHaveNoCase) {
  EXPECT_EQ(wrongWith(responseWith("Upgrade", "WebSocket")), "");
  EXPECT_EQ(wrongWith(responseWith("Connection", "keep-alive, upgrade")), "");
}

TEST_F(ClientHandshakeTest, SaysWhichStatusCame) {
  EXPECT_EQ(wrongWith(Response(404)), "the server answered 404 (Not Found) instead of 101");
  EXPECT_EQ(wrongWith(Response(200)), "the server answered 200 (OK) instead of 101");
  EXPECT_EQ(wrongWith(Response(799)), "the server answered 799 instead of 101");
}

TEST_F(ClientHandshakeTest, WantsTheUpgradeToWebSocketAndNothingElse) {
  const std::string wrong = "the server's Upgrade is not to websocket";
  EXPECT_EQ(wrongWith(responseWith("Upgrade", "h2c")), wrong);
  EXPECT_EQ(wrongWith(responseWith("Upgrade", "websocket, h2c")), wrong);
  Response none = response();
  none.headers.remove("Upgrade");
  EXPECT_EQ(wrongWith(none), wrong);
}

TEST_F(ClientHandshakeTest, WantsAConnectionThatSaysUpgrade) {
  EXPECT_EQ(wrongWith(responseWith("Connection", "close")),
            "the server's Connection does not say upgrade");
}

TEST_F(ClientHandshakeTest, WantsTheAcceptOfItsKey) {
  const std::string wrong = "the server's Sec-WebSocket-Accept does not fit the key";
  const std::string accept(response().headers.get("Sec-WebSocket-Accept").value());
  EXPECT_EQ(wrongWith(responseWith("Sec-WebSocket-Accept", "")), wrong);
  EXPECT_EQ(wrongWith(responseWith("Sec-WebSocket-Accept", acceptOf(kKey))), wrong);
  EXPECT_EQ(wrongWith(responseWith("Sec-WebSocket-Accept", accept + '=')), wrong);
  Response twice = response();
  twice.headers.add("Sec-WebSocket-Accept", accept);
  EXPECT_EQ(wrongWith(twice), wrong);
}

TEST_F(ClientHandshakeTest, WantsASubprotocolThatItOffered) {
  const std::string wrong = "the server chose a subprotocol that was not offered";
  EXPECT_EQ(wrongWith(responseWith("Sec-WebSocket-Protocol", "v3.chat")), wrong);
  EXPECT_EQ(wrongWith(responseWith("Sec-WebSocket-Protocol", "V1.chat")), wrong);
  EXPECT_EQ(wrongWith(responseWith("Sec-WebSocket-Protocol", "")), wrong);
  EXPECT_EQ(wrongWith(responseWith("Sec-WebSocket-Protocol", "v1.chat, v2.chat")), wrong);
  Response twice = responseWith("Sec-WebSocket-Protocol", "v1.chat");
  twice.headers.add("Sec-WebSocket-Protocol", "v1.chat");
  EXPECT_EQ(wrongWith(twice), "the server chose more than one subprotocol");
}

TEST_F(ClientHandshakeTest, WantsNoExtensionThatItDidNotOffer) {
  EXPECT_THAT(wrongWith(responseWith("Sec-WebSocket-Extensions", "x-snappy")),
              HasSubstr("an extension that was not offered"));
}

TEST_F(ClientHandshakeTest, AServerAnswersIt) {
  std::string text = "GET / HTTP/1.1\r\nHost: a\r\n";
  requestHeaders().appendTo(text);
  const Asked asked(text + "\r\n");
  const std::vector<std::string> ours{"v1.chat"};
  const ServerHandshake server = answerHandshake(*asked, {ours, {}, compression});
  Response answer(101);
  answer.headers = server.headers;
  answer.headers.add("Upgrade", "websocket");
  answer.headers.add("Connection", "upgrade");
  const auto agreement = handshake.agree(answer);
  EXPECT_EQ(agreement.subprotocol, "v1.chat");
  EXPECT_EQ(agreement.deflate, server.agreement.deflate);
}

// What users give.

TEST(RequireTokensTest, RefusesWhatIsNoTokenAndWhatIsThereTwice) {
  const auto require = [](const std::vector<std::string>& names) { requireTokens(names); };
  EXPECT_NO_THROW(require({}));
  EXPECT_NO_THROW(require({"chat", "Chat", "v1.chat+json"}));
  EXPECT_THROW(require({""}), std::invalid_argument);
  EXPECT_THROW(require({"a b"}), std::invalid_argument);
  EXPECT_THROW(require({"a,b"}), std::invalid_argument);
  EXPECT_THROW(require({"a\r\nb"}), std::invalid_argument);
  EXPECT_THROW(require({"a", "b", "a"}), std::invalid_argument);
}

}  // namespace
}  // namespace couplet
