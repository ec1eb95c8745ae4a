// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// How much of a request is taken, at the byte where it becomes too much.
#include <couplet/protocols/http/request_parser.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

#include <couplet/protocols/testing/gtest_every_cut.h>

#include "hearing.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

const std::string kHost = "Host: a\r\n";

std::string lastHeard(const std::string& bytes, HTTPLimits limits) {
  EXPECT_TRUE(testing::sameAtEveryCut(
      bytes, [&](const testing::Chunks& chunks) { return hearRequests(chunks, limits); }));
  return hearRequests({bytes}, limits).back();
}

/// The shortest text of its kind that is refused, and with what.
struct Bound {
  std::size_t refusedAt = 0;
  std::string why;
};

Bound boundOf(const std::function<std::string(std::size_t)>& bytesOf, HTTPLimits limits = {},
              std::size_t most = 200) {
  for (std::size_t size = 0; size <= most; ++size) {
    const std::string heard = lastHeard(bytesOf(size), limits);
    if (heard.starts_with("refused")) return {size, heard};
  }
  return {};
}

TEST(HTTPRequestLimitsTest, TheRequestLineMayBeAsLongAsItsLimit) {
  const auto ofSize = [](std::size_t size) {
    return "GET /" + std::string(size, 'x') + " HTTP/1.1\r\n" + kHost + "\r\n";
  };
  const Bound bound = boundOf(ofSize, {.firstLine = 50});
  EXPECT_EQ(bound.refusedAt, 51 - std::string("GET / HTTP/1.1").size());
  EXPECT_EQ(bound.why, "refused 414: The request line is longer than allowed.");
}

TEST(HTTPRequestLimitsTest, AnEndlessRequestLineIsRefusedAtItsLimit) {
  EXPECT_EQ(lastHeard("GET /" + std::string(40, 'x'), {.firstLine = 44}),
            "refused 414: The request line is longer than allowed.");
  EXPECT_THAT(hearRequests({"GET /" + std::string(39, 'x')}, {.firstLine = 44}), ElementsAre());
}

TEST(HTTPRequestLimitsTest, TheDefaultRequestLineIs8KiB) {
  const auto heard = [](std::size_t size) {
    return hearRequests({"GET /" + std::string(size - 14, 'x') + " HTTP/1.1\r\n" + kHost + "\r\n"});
  };
  EXPECT_THAT(heard(8192).front(), StartsWith("head"));
  EXPECT_THAT(heard(8193).front(), StartsWith("refused 414"));
}

TEST(HTTPRequestLimitsTest, AHeadMayBeAsLargeAsItsLimit) {
  const std::string begin = "GET / HTTP/1.1\r\n" + kHost + "X: ";
  const auto ofSize = [&](std::size_t size) { return begin + std::string(size, 'x') + "\r\n\r\n"; };
  const Bound bound = boundOf(ofSize, {.head = 60});
  EXPECT_EQ(begin.size() + bound.refusedAt + 2, 61u);
  EXPECT_EQ(bound.why, "refused 431: The head of the message is larger than allowed.");
}

TEST(HTTPRequestLimitsTest, ManySmallFieldsAddUp) {
  const auto ofSize = [&](std::size_t count) {
    std::string bytes = "GET / HTTP/1.1\r\n" + kHost;
    for (std::size_t i = 0; i < count; ++i) bytes += "X: y\r\n";
    return bytes + "\r\n";
  };
  EXPECT_THAT(boundOf(ofSize, {.head = 100}, 30).why, StartsWith("refused 431"));
}

TEST(HTTPRequestLimitsTest, AnEmptyLineBeforeDoesNotCount) {
  const std::string request = "GET / HTTP/1.1\r\n" + kHost + "\r\n";
  const HTTPLimits limits{.firstLine = 14, .head = request.size() - 2};
  EXPECT_EQ(lastHeard("\r\n" + request, limits), "end");
  EXPECT_EQ(lastHeard("\r\n" + request, {.head = limits.head - 1}),
            "refused 431: The head of the message is larger than allowed.");
}

TEST(HTTPRequestLimitsTest, AHundredFieldsAreTaken) {
  const auto ofSize = [&](std::size_t count) {
    std::string bytes = "GET / HTTP/1.1\r\n" + kHost;
    for (std::size_t i = 1; i < count; ++i) bytes += "X: y\r\n";
    return bytes + "\r\n";
  };
  EXPECT_EQ(hearRequests({ofSize(100)}).back(), "end");
  EXPECT_EQ(lastHeard(ofSize(101), {}), "refused 431: The message has more fields than allowed.");
}

TEST(HTTPRequestLimitsTest, ABodyMayBeAsLongAsItsLimit) {
  const auto ofSize = [](std::size_t size) {
    return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
           std::string(size, 'x');
  };
  EXPECT_EQ(lastHeard(ofSize(10), {.body = 10}), "end");
  EXPECT_EQ(lastHeard(ofSize(11), {.body = 10}), "refused 413: The body is larger than allowed.");
}

TEST(HTTPRequestLimitsTest, ABodyOfManyChunksIsCountedDecoded) {
  const auto ofChunks = [](std::size_t count) {
    std::string bytes = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (std::size_t i = 0; i < count; ++i) bytes += "1\r\nx\r\n";
    return bytes + "0\r\n\r\n";
  };
  EXPECT_EQ(lastHeard(ofChunks(10), {.body = 10}), "end");
  EXPECT_EQ(lastHeard(ofChunks(11), {.body = 10}), "refused 413: The body is larger than allowed.");
}

TEST(HTTPRequestLimitsTest, ABodyIsRefusedBeforeItComes) {
  RequestListener listener({.body = 10});
  listener.receive(
      "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n");
  EXPECT_THAT(listener.heard.back(), StartsWith("refused 413"));
}

TEST(HTTPRequestLimitsTest, TheBodyLimitIsRaisedForOneMessage) {
  const std::string request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world";
  const HTTPLimits limits{.body = 10};
  HTTPHeadTable table;
  HTTPRequestParser parser(limits, table);
  std::string_view bytes = request;
  ASSERT_EQ(parser.next(bytes), HTTPEvent::kHead);
  parser.setBodyLimit(11);
  EXPECT_EQ(parser.next(bytes), HTTPEvent::kBody);
  EXPECT_EQ(parser.next(bytes), HTTPEvent::kEnd);
  bytes = request;
  EXPECT_EQ(parser.next(bytes), HTTPEvent::kHead);
  EXPECT_EQ(parser.next(bytes), HTTPEvent::kRefused);
}

std::string chunkedBody(const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body;
}

TEST(HTTPRequestLimitsTest, AChunkLineMayBeAsLongAsItsLimit) {
  const auto ofSize = [](std::size_t size) {
    return chunkedBody("1;" + std::string(size, 'x') + "\r\nx\r\n0\r\n\r\n");
  };
  const Bound bound = boundOf(ofSize, {.chunkLine = 20}, 40);
  EXPECT_EQ(bound.refusedAt, 19u);
  EXPECT_EQ(bound.why, "refused 400: The line of a chunk's size is too long.");
  EXPECT_EQ(hearRequests({ofSize(1022)}).back(), "end");
  EXPECT_THAT(hearRequests({ofSize(1023)}).back(), StartsWith("refused 400"));
}

TEST(HTTPRequestLimitsTest, AnEndlessChunkLineIsRefused) {
  EXPECT_THAT(hearRequests({chunkedBody("1;" + std::string(1023, 'x'))}).back(),
              StartsWith("refused 400"));
}

TEST(HTTPRequestLimitsTest, TrailersMayBeAsLargeAsTheirLimit) {
  const auto ofSize = [](std::size_t size) {
    return chunkedBody("0\r\nA: " + std::string(size, 'x') + "\r\n\r\n");
  };
  const Bound bound = boundOf(ofSize, {.trailers = 30}, 40);
  EXPECT_EQ(bound.refusedAt, 30u - std::string("A: \r\n").size() + 1);
  EXPECT_EQ(bound.why, "refused 400: The trailers are larger than allowed.");
}

TEST(HTTPRequestLimitsTest, TrailersAreCounted) {
  const auto ofSize = [](std::size_t count) {
    std::string bytes = chunkedBody("0\r\n");
    for (std::size_t i = 0; i < count; ++i) bytes += "X: y\r\n";
    return bytes + "\r\n";
  };
  EXPECT_EQ(hearRequests({ofSize(100)}).back(), "end");
  EXPECT_EQ(lastHeard(ofSize(101), {}), "refused 431: The message has more fields than allowed.");
}

}  // namespace
}  // namespace couplet
