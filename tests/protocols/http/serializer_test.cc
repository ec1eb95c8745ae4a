// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What is written is read back as the same, at any cut; and what must never be sent is not.
#include <couplet/protocols/http/serializer.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

#include <couplet/protocols/http/errors.h>
#include <couplet/protocols/testing/gtest_every_cut.h>

#include "hearing.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Headers kHost{{"Host", "a"}};
const AnsweredRequest kHead{.method = "HEAD"};
const AnsweredRequest kConnect{.method = "CONNECT"};
const AnsweredRequest kHTTP10{.version = HTTPVersion::kHTTP10};

Headers with(std::string_view name, std::string_view value) {
  Headers headers{{"Host", "a"}};
  headers.add(name, value);
  return headers;
}

/// What is thrown, and that nothing was appended before.
template <class Error>
std::string whyNot(const std::function<void(std::string&)>& write) {
  std::string out = "before";
  try {
    write(out);
  } catch (const Error& error) {
    EXPECT_EQ(out, "before");
    return error.what();
  }
  return "";
}

std::string invalid(const std::function<void(std::string&)>& write) {
  return whyNot<std::invalid_argument>(write);
}

std::string faulty(const std::function<void(std::string&)>& write) {
  return whyNot<LocalProtocolError>(write);
}

// Requests.

TEST(HTTPSerializerTest, WritesARequest) {
  std::string out;
  HTTPBodyWriter body = writeRequestHead(out, "GET", "/a?b", with("Accept", "*/*"));
  body.finish(out);
  EXPECT_EQ(out, "GET /a?b HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n");
}

TEST(HTTPSerializerTest, WritesTheFormsOfATarget) {
  for (const auto& [method, target] : std::vector<std::pair<std::string, std::string>>{
           {"OPTIONS", "*"}, {"CONNECT", "b:443"}, {"GET", "http://b/c?d"}}) {
    std::string out;
    writeRequestHead(out, method, target, kHost);
    EXPECT_EQ(out, method + " " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
  }
}

// CVE-2019-12387.
TEST(HTTPSerializerTest, RefusesAMethodThatIsNoToken) {
  for (const std::string_view method :
       {std::string_view(""), std::string_view("G T"), std::string_view("GET\r\nX: y"),
        std::string_view("GET\n"), std::string_view("GET\0", 4), std::string_view("GET:")}) {
    EXPECT_EQ(invalid([&](std::string& out) { writeRequestHead(out, method, "/", kHost); }),
              "the method is no token");
  }
}

// CVE-2019-12387.
TEST(HTTPSerializerTest, RefusesATargetWithAByteThatMustBeEncoded) {
  for (const std::string_view target :
       {std::string_view(""), std::string_view("/ HTTP/1.1\r\nX: y"), std::string_view("/a b"),
        std::string_view("/\x7f"), std::string_view("/\0", 2), std::string_view("/\xc3\xa4"),
        std::string_view("/a#b"), std::string_view("/\n")}) {
    EXPECT_THAT(invalid([&](std::string& out) { writeRequestHead(out, "GET", target, kHost); }),
                HasSubstr("the target is empty, has a fragment"));
  }
}

TEST(HTTPSerializerTest, RefusesATargetOfNoForm) {
  for (const char* target : {"a", "?a", "mailto:a", "http://"}) {
    EXPECT_NE(invalid([&](std::string& out) { writeRequestHead(out, "GET", target, kHost); }), "");
  }
  EXPECT_NE(invalid([](std::string& out) { writeRequestHead(out, "CONNECT", "/", kHost); }), "");
}

TEST(HTTPSerializerTest, RefusesARequestWithoutExactlyOneGoodHost) {
  for (const Headers& headers :
       {Headers{}, Headers{{"Host", "a"}, {"host", "a"}}, Headers{{"Host", ""}},
        Headers{{"Host", "a b"}}, Headers{{"Host", "u@a"}}}) {
    EXPECT_THAT(invalid([&](std::string& out) { writeRequestHead(out, "GET", "/", headers); }),
                HasSubstr("Host"));
  }
}

// Responses.

TEST(HTTPSerializerTest, WritesAResponse) {
  std::string out;
  HTTPBodyWriter body = writeResponseHead(out, 200, {{"Content-Length", "3"}});
  body.write(out, "abc");
  body.finish(out);
  EXPECT_EQ(out, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc");
}

TEST(HTTPSerializerTest, WritesAStatusOfAnyDigitsAndWords) {
  std::string out;
  writeResponseHead(out, 404, {});
  writeResponseHead(out, 799, {});
  writeResponseHead(out, {299, "Cus tom\xe9"}, {});
  EXPECT_EQ(out,
            "HTTP/1.1 404 Not Found\r\n\r\nHTTP/1.1 799 \r\n\r\n"
            "HTTP/1.1 299 Cus tom\xe9\r\n\r\n");
}

TEST(HTTPSerializerTest, AddsWhatTheSenderAdds) {
  std::string out;
  writeResponseHead(out, 200, {{"A", "b"}}, {},
                    {.lines = "Date: x\r\n", .contentLength = 1234567890});
  EXPECT_EQ(out, "HTTP/1.1 200 OK\r\nContent-Length: 1234567890\r\nDate: x\r\nA: b\r\n\r\n");
  out.clear();
  HTTPBodyWriter body = writeResponseHead(out, 200, {}, {}, {.chunked = true});
  body.write(out, "x");
  EXPECT_EQ(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n");
}

std::string responseWith(const Headers& headers, const AddedFields& added) {
  std::string out;
  writeResponseHead(out, 200, headers, {}, added);
  return out;
}

TEST(HTTPSerializerTest, LeavesOutConnectionAndDate) {
  const Headers headers{{"A", "1"}, {"connection", "close"}, {"DATE", "today"}, {"Dote", "2"}};
  EXPECT_EQ(responseWith(headers, {.lines = "Date: x\r\n",
                                   .connection = "keep-alive",
                                   .dropsConnectionAndDate = true}),
            "HTTP/1.1 200 OK\r\nDate: x\r\nConnection: keep-alive\r\nA: 1\r\nDote: 2\r\n\r\n");
}

TEST(HTTPSerializerTest, LeavesOutTransferEncoding) {
  const Headers headers{{"Transfer-Encoding", "gzip"}, {"A", "1"}};
  EXPECT_EQ(responseWith(headers, {.chunked = true, .dropsTransferEncoding = true}),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nA: 1\r\n\r\n");
}

TEST(HTTPSerializerTest, AddsFramingUnlessALengthIsGiven) {
  const Headers headers{{"Content-Length", "7"}};
  const std::string given = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n";
  EXPECT_EQ(responseWith(headers, {.contentLength = 9, .unlessGiven = true}), given);
  EXPECT_EQ(responseWith(headers, {.chunked = true, .unlessGiven = true}), given);
  EXPECT_EQ(responseWith({}, {.contentLength = 7, .unlessGiven = true}), given);
  EXPECT_THROW(
      responseWith({{"Transfer-Encoding", "chunked"}}, {.contentLength = 7, .unlessGiven = true}),
      std::invalid_argument);
}

TEST(HTTPSerializerTest, RefusesToAddFramingToFraming) {
  const AddedFields length{.contentLength = 1};
  const AddedFields chunks{.chunked = true};
  const AddedFields both{.contentLength = 1, .chunked = true};
  const AddedFields tooLong{.contentLength = UINT64_MAX};
  const auto whyNot = [](const Headers& headers, const AddedFields& added) {
    return invalid([&](std::string& out) { writeResponseHead(out, 200, headers, {}, added); });
  };
  EXPECT_EQ(whyNot({{"Content-Length", "1"}}, length), "more than one Content-Length");
  EXPECT_NE(whyNot({{"Content-Length", "1"}}, chunks), "");
  EXPECT_NE(whyNot({{"Transfer-Encoding", "chunked"}}, length), "");
  EXPECT_NE(whyNot({{"Transfer-Encoding", "chunked"}}, chunks), "");
  EXPECT_NE(whyNot({}, both), "");
  EXPECT_NE(whyNot({}, tooLong), "");
}

TEST(HTTPSerializerTest, WritesHeadersInOrderHoweverTheyWereMade) {
  Headers headers{{"A", "1"}, {"B", "2"}, {"C", "3"}};
  headers.set("A", "4");
  headers.remove("B");
  headers.add("D", "5");
  std::string out;
  writeResponseHead(out, 200, headers);
  EXPECT_EQ(out, "HTTP/1.1 200 OK\r\nA: 4\r\nC: 3\r\nD: 5\r\n\r\n");
}

TEST(HTTPSerializerTest, WritesALongReason) {
  const std::string reason(1000, 'x');
  std::string out;
  writeResponseHead(out, {299, reason}, {}, {}, {.contentLength = UINT64_MAX / 2});
  EXPECT_EQ(out, "HTTP/1.1 299 " + reason + "\r\nContent-Length: 9223372036854775807\r\n\r\n");
}

// Twisted's trap: setResponseCode(299, "Cus\r\nX: y") injects a header.
TEST(HTTPSerializerTest, RefusesAControlByteInAReason) {
  for (const std::string_view reason :
       {std::string_view("Cus\r\nX: y"), std::string_view("\n"), std::string_view("\0", 1)}) {
    EXPECT_EQ(invalid([&](std::string& out) {
                writeResponseHead(out, {299, reason}, {});
              }),
              "the reason of status 299 has a control byte in it");
  }
}

TEST(HTTPSerializerTest, RefusesAStatusThatIsNotOfThreeDigits) {
  for (const int status : {-1, 0, 99, 1000}) {
    EXPECT_THAT(invalid([&](std::string& out) { writeResponseHead(out, status, {}); }),
                HasSubstr("is not of three digits"));
  }
}

TEST(HTTPSerializerTest, KnowsTheUsualReasons) {
  EXPECT_EQ(reasonPhrase(100), "Continue");
  EXPECT_EQ(reasonPhrase(431), "Request Header Fields Too Large");
  EXPECT_EQ(reasonPhrase(511), "Network Authentication Required");
  EXPECT_EQ(reasonPhrase(418), "");
  EXPECT_EQ(reasonPhrase(600), "");
}

// Framing that must never be sent.

TEST(HTTPSerializerTest, RefusesHeadersThatFrameTwice) {
  for (const Headers& headers :
       {Headers{{"Content-Length", "1"}, {"Content-Length", "1"}},
        Headers{{"Content-Length", "1, 1"}}, Headers{{"Content-Length", "+1"}},
        Headers{{"Content-Length", ""}}, Headers{{"Content-Length", "9223372036854775808"}},
        Headers{{"Content-Length", "1"}, {"Transfer-Encoding", "chunked"}},
        Headers{{"Transfer-Encoding", "gzip"}}, Headers{{"Transfer-Encoding", "gzip, chunked"}},
        Headers{{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}}}) {
    EXPECT_NE(invalid([&](std::string& out) { writeResponseHead(out, 200, headers); }), "");
    Headers request = headers;
    request.add("Host", "a");
    EXPECT_NE(invalid([&](std::string& out) { writeRequestHead(out, "POST", "/", request); }), "");
  }
}

TEST(HTTPSerializerTest, RefusesFramingWhereThereIsNoBody) {
  for (const int status : {100, 101, 199, 204}) {
    for (const Headers& headers :
         {Headers{{"Content-Length", "0"}}, Headers{{"Transfer-Encoding", "chunked"}}}) {
      EXPECT_NE(invalid([&](std::string& out) { writeResponseHead(out, status, headers); }), "");
    }
  }
  EXPECT_NE(invalid([](std::string& out) {
              writeResponseHead(out, 200, {{"Content-Length", "0"}}, kConnect);
            }),
            "");
}

TEST(HTTPSerializerTest, RefusesChunksToHTTP10) {
  EXPECT_EQ(invalid([](std::string& out) {
              writeResponseHead(out, 200, {{"Transfer-Encoding", "chunked"}}, kHTTP10);
            }),
            "Transfer-Encoding to a peer of HTTP/1.0");
}

// Bodies.

TEST(HTTPBodyWriterTest, WritesChunks) {
  std::string out;
  auto body = HTTPBodyWriter::forRequest({{"Transfer-Encoding", "chunked"}});
  body.write(out, "hello");
  body.write(out, "");
  body.write(out, std::string(26, 'x'));
  body.finish(out);
  EXPECT_EQ(out, "5\r\nhello\r\n1a\r\n" + std::string(26, 'x') + "\r\n0\r\n\r\n");
}

TEST(HTTPBodyWriterTest, WritesAWholeBody) {
  std::string out;
  HTTPBodyWriter::forResponse(200, {{"Content-Length", "5"}}).writeAll(out, "hello");
  EXPECT_EQ(out, "hello");
  HTTPBodyWriter::forResponse(200, {{"Transfer-Encoding", "chunked"}}).writeAll(out, "hello");
  EXPECT_EQ(out, "hello5\r\nhello\r\n0\r\n\r\n");
  HTTPBodyWriter::forResponse(200, {{"Content-Length", "5"}}, kHead).writeAll(out, "hello");
  HTTPBodyWriter::forResponse(204, {}).writeAll(out, "");
  EXPECT_EQ(out, "hello5\r\nhello\r\n0\r\n\r\n");
}

TEST(HTTPBodyWriterTest, RefusesAWholeBodyOfAnotherLength) {
  const auto writing = [](std::string_view bytes) {
    return [bytes](std::string& out) {
      HTTPBodyWriter::forResponse(200, {{"Content-Length", "5"}}).writeAll(out, bytes);
    };
  };
  EXPECT_THAT(faulty(writing("hello!")), HasSubstr("longer than its Content-Length, by 1 byte"));
  EXPECT_THAT(faulty(writing("hell")), HasSubstr("shorter than its Content-Length, by 1 byte"));
  EXPECT_THAT(faulty(writing("")), HasSubstr("shorter than its Content-Length, by 5 bytes"));
}

TEST(HTTPBodyWriterTest, WritesTrailers) {
  std::string out;
  auto body = HTTPBodyWriter::forRequest({{"Transfer-Encoding", "chunked"}});
  body.finish(out, {{"Digest", "x"}, {"Status", "y"}});
  EXPECT_EQ(out, "0\r\nDigest: x\r\nStatus: y\r\n\r\n");
  EXPECT_TRUE(body.finished());
}

TEST(HTTPBodyWriterTest, FramesAPieceThatIsSentElsewhere) {
  std::string out;
  auto chunked = HTTPBodyWriter::forRequest({{"Transfer-Encoding", "chunked"}});
  EXPECT_EQ(chunked.frame(out, 0), "") << "which would be the last chunk";
  EXPECT_EQ(chunked.frame(out, UINT64_MAX), "\r\n");
  EXPECT_EQ(out, "ffffffffffffffff\r\n");
  auto ofLength = HTTPBodyWriter::forRequest({{"Content-Length", "5"}});
  EXPECT_EQ(ofLength.frame(out, 5), "");
  EXPECT_EQ(ofLength.left(), 0u);
}

TEST(HTTPBodyWriterTest, RefusesABodyLongerThanItsLength) {
  auto body = HTTPBodyWriter::forRequest({{"Content-Length", "3"}});
  std::string out;
  body.write(out, "ab");
  EXPECT_EQ(faulty([&](std::string& out) { body.write(out, "cd"); }),
            "the body is longer than its Content-Length, by 1 byte");
  EXPECT_EQ(out, "ab");
}

TEST(HTTPBodyWriterTest, RefusesABodyShorterThanItsLength) {
  auto body = HTTPBodyWriter::forRequest({{"Content-Length", "3"}});
  EXPECT_EQ(faulty([&](std::string& out) { body.finish(out); }),
            "the body is shorter than its Content-Length, by 3 bytes");
  EXPECT_FALSE(body.finished());
}

TEST(HTTPBodyWriterTest, RefusesABodyWhereThereMayBeNone) {
  for (const int status : {101, 204, 304}) {
    auto body = HTTPBodyWriter::forResponse(status, {});
    EXPECT_FALSE(body.sendsBody());
    EXPECT_EQ(faulty([&](std::string& out) { body.write(out, "x"); }),
              "a body where there may be none");
  }
  auto body = HTTPBodyWriter::forRequest({});
  EXPECT_NE(faulty([&](std::string& out) { body.write(out, "x"); }), "");
}

TEST(HTTPBodyWriterTest, RefusesMoreAfterTheEnd) {
  std::string out;
  auto body = HTTPBodyWriter::forRequest({{"Transfer-Encoding", "chunked"}});
  body.finish(out);
  EXPECT_EQ(faulty([&](std::string& out) { body.write(out, "x"); }),
            "a body was written to after its end");
  EXPECT_EQ(faulty([&](std::string& out) { body.finish(out); }), "a body was ended twice");
}

TEST(HTTPBodyWriterTest, SendsNoBodyToHead) {
  for (const Headers& headers :
       {Headers{{"Content-Length", "3"}}, Headers{{"Transfer-Encoding", "chunked"}}, Headers{}}) {
    std::string out;
    auto body = HTTPBodyWriter::forResponse(200, headers, kHead);
    body.write(out, "abc");
    body.finish(out);
    EXPECT_EQ(out, "");
    EXPECT_FALSE(body.sendsBody());
    EXPECT_FALSE(body.endsWithConnection());
  }
}

TEST(HTTPBodyWriterTest, AHeadersBodyNeedNotBeMade) {
  std::string out;
  auto body = HTTPBodyWriter::forResponse(200, {{"Content-Length", "3"}}, kHead);
  body.finish(out);
  EXPECT_TRUE(body.finished());
}

TEST(HTTPBodyWriterTest, ABodyToHeadIsCountedAllTheSame) {
  auto body = HTTPBodyWriter::forResponse(200, {{"Content-Length", "3"}}, kHead);
  EXPECT_NE(faulty([&](std::string& out) { body.write(out, "abcd"); }), "");
}

TEST(HTTPBodyWriterTest, WithoutFramingTheConnectionEndsIt) {
  std::string out;
  auto body = HTTPBodyWriter::forResponse(200, {});
  EXPECT_TRUE(body.endsWithConnection());
  body.write(out, "abc");
  body.finish(out);
  EXPECT_EQ(out, "abc");
}

TEST(HTTPBodyWriterTest, RefusesTrailersThatAreHeaders) {
  for (const char* name :
       {"Content-Length", "transfer-encoding", "Host", "Set-Cookie", "Trailer"}) {
    auto body = HTTPBodyWriter::forRequest({{"Transfer-Encoding", "chunked"}});
    EXPECT_EQ(invalid([&](std::string& out) {
                body.finish(out, {{name, "1"}});
              }),
              std::string(name) + " may not be a trailer");
  }
}

TEST(HTTPBodyWriterTest, RefusesTrailersWithoutChunks) {
  auto body = HTTPBodyWriter::forRequest({{"Content-Length", "0"}});
  EXPECT_EQ(faulty([&](std::string& out) {
              body.finish(out, {{"A", "b"}});
            }),
            "trailers behind a body that is not chunked");
}

// There and back.

TEST(HTTPSerializerTest, WhatIsWrittenIsReadAsTheSameRequestAtEveryCut) {
  std::string out;
  writeRequestHead(out, "GET", "/a", kHost).finish(out);
  HTTPBodyWriter body = writeRequestHead(out, "POST", "/b", with("Content-Length", "5"));
  body.write(out, "hello");
  body.finish(out);
  body = writeRequestHead(out, "PUT", "/c", with("Transfer-Encoding", "chunked"));
  body.write(out, "0\r\n\r\n");
  body.write(out, std::string(300, 'x'));
  body.finish(out, {{"Digest", "y"}});
  EXPECT_THAT(
      hearRequests({out}),
      ElementsAre("head GET /a host=a [Host: a]", "end",
                  "head POST /b host=a length=5 [Host: a] [Content-Length: 5]", "body hello", "end",
                  "head PUT /c host=a chunked [Host: a] [Transfer-Encoding: chunked]",
                  "body 0\r\n\r\n" + std::string(300, 'x'), "trailers [Digest: y]", "end"));
  EXPECT_TRUE(testing::sameAtEveryCut(
      out, [](const testing::Chunks& chunks) { return hearRequests(chunks); }));
}

TEST(HTTPSerializerTest, WhatIsWrittenIsReadAsTheSameResponseAtEveryCut) {
  std::string out;
  writeResponseHead(out, 103, {{"Link", "a"}});
  HTTPBodyWriter body = writeResponseHead(out, {299, ""}, {{"Transfer-Encoding", "chunked"}});
  body.write(out, "hello");
  body.finish(out, {{"Digest", "y"}});
  EXPECT_THAT(hearResponse({out}),
              ElementsAre("interim 103 Early Hints [Link: a]",
                          "head 299 chunked [Transfer-Encoding: chunked]", "body hello",
                          "trailers [Digest: y]", "end", "reusable"));
  EXPECT_TRUE(testing::sameAtEveryCut(
      out, [](const testing::Chunks& chunks) { return hearResponse(chunks); }));
}

}  // namespace
}  // namespace couplet
