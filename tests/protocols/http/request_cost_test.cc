// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a request costs in memory and in copies, counted: every `new` of this program, with its
// size.
#include <couplet/protocols/http/request_parser.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/protocols/http/request.h>
#include <couplet/protocols/http/router.h>
#include <couplet/protocols/http/serializer.h>

#include "tests/protocols/support/counted_heap.h"

namespace couplet {
namespace {

constexpr std::string_view kGet =
    "GET /poems/ecstasy HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: curl/7.88.1\r\n"
    "Accept: */*\r\nAccept-Encoding: gzip, br\r\nConnection: keep-alive\r\n\r\n";
constexpr std::string_view kChunkedHead =
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr std::string_view kPost =
    "POST /poems HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    "5\r\nhello\r\n0\r\nDigest: x\r\n\r\n";

/// Takes all of the bytes; returns how many requests were over.
std::size_t takeAll(HTTPRequestParser& parser, std::string_view bytes) {
  std::size_t ends = 0;
  for (;;) {
    const HTTPEvent event = parser.next(bytes);
    if (event == HTTPEvent::kEnd) ++ends;
    if (event == HTTPEvent::kNeedMore || event == HTTPEvent::kRefused) return ends;
  }
}

std::size_t takeBytes(HTTPRequestParser& parser, std::string_view bytes) {
  std::size_t ends = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) ends += takeAll(parser, bytes.substr(i, 1));
  return ends;
}

class HTTPRequestCostTest : public ::testing::Test {
 protected:
  HTTPRequestCostTest() { takeAll(parser, kGet); }

  HTTPLimits limits;
  HTTPHeadTable table;
  HTTPRequestParser parser{limits, table};
};

TEST_F(HTTPRequestCostTest, AnOrdinaryRequestAllocatesNothing) {
  const std::size_t before = heap.allocations;
  EXPECT_EQ(takeAll(parser, kGet), 1u);
  EXPECT_EQ(takeAll(parser, kPost), 1u);
  EXPECT_EQ(heap.allocations, before);
}

TEST_F(HTTPRequestCostTest, PipelinedRequestsAllocateNothing) {
  std::string many;
  for (int i = 0; i < 100; ++i) many.append(kGet).append(kPost);
  const std::size_t before = heap.allocations;
  EXPECT_EQ(takeAll(parser, many), 200u);
  EXPECT_EQ(heap.allocations, before);
}

TEST_F(HTTPRequestCostTest, AnIdleParserHoldsNoMemory) {
  const std::size_t before = heap.live;
  EXPECT_EQ(takeBytes(parser, kGet), 1u);
  EXPECT_EQ(takeBytes(parser, kPost), 1u);
  takeAll(parser, {});
  EXPECT_EQ(heap.live, before);
  EXPECT_LE(sizeof parser, 96u);
}

TEST_F(HTTPRequestCostTest, ABodyTakesNoMemory) {
  takeAll(parser, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n");
  const std::string piece(100000, 'x');
  const std::size_t before = heap.bytes;
  for (int i = 0; i < 8; ++i) takeAll(parser, piece);
  EXPECT_EQ(takeAll(parser, piece), 1u);
  EXPECT_EQ(heap.bytes, before);
}

/// A head of so many bytes, most of it in one line or in many.
std::string oneLine(std::size_t size) {
  return "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(size, 'x') + "\r\n\r\n";
}

std::string manyLines(std::size_t size) {
  std::string head = "GET / HTTP/1.1\r\nHost: a\r\n";
  while (head.size() < size) head += "X: y\r\n";
  return head + "\r\n";
}

// Memory grows by doubling, so that what was ever taken is less than twice what is held at most.
TEST_F(HTTPRequestCostTest, AHeadByteByByteIsCopiedAConstantNumberOfTimes) {
  limits.headerCount = 10000;
  for (const std::string& head : {oneLine(16000), manyLines(16000)}) {
    const std::size_t before = heap.bytes;
    EXPECT_EQ(takeBytes(parser, head), 1u);
    EXPECT_LE(heap.bytes - before, 4 * head.size() + limits.headerCount * sizeof(HeaderField));
  }
}

TEST_F(HTTPRequestCostTest, AnEndlessHeadIsHeldUpToItsLimit) {
  const std::string head = "GET / HTTP/1.1\r\nX: " + std::string(100000, 'x');
  const std::size_t before = heap.peak = heap.live;
  takeBytes(parser, head);
  EXPECT_LE(heap.peak - before, 2 * limits.head + 100);
  EXPECT_EQ(heap.live, before) << "what is refused is dropped";
}

TEST_F(HTTPRequestCostTest, EndlessTrailersAreHeldUpToTheirLimit) {
  const std::string trailer = "X: " + std::string(100000, 'x');
  takeAll(parser, kChunkedHead);
  takeAll(parser, "0\r\n");
  const std::size_t before = heap.peak = heap.live;
  takeBytes(parser, trailer);
  EXPECT_LE(heap.peak - before, 2 * limits.trailers + 100);
}

TEST_F(HTTPRequestCostTest, ALongChunkLineIsNotHeld) {
  const std::string line = "1;" + std::string(1000, 'x');
  takeAll(parser, kChunkedHead);
  const std::size_t before = heap.bytes;
  takeBytes(parser, line);
  EXPECT_EQ(heap.bytes, before);
}

// Headers.

TEST(HTTPHeadersCostTest, FieldsAllocateNothingOnceThereIsRoom) {
  Headers headers;
  const auto fill = [&] {
    headers.clear();
    for (int i = 0; i < 10; ++i) headers.add("Some-Name", "and a value");
    headers.set("Another-Name", "and a value");
  };
  fill();
  const std::size_t before = heap.allocations;
  fill();
  EXPECT_EQ(heap.allocations, before);
}

TEST(HTTPHeadersCostTest, TextOfReplacedFieldsDoesNotPileUp) {
  Headers headers{{"A", "1"}, {"B", "2"}};
  const std::size_t before = heap.peak = heap.live;
  for (int i = 0; i < 10000; ++i) headers.set("A", "another value");
  EXPECT_LE(heap.peak - before, 600u);  // one more block
}

TEST(HTTPHeadersCostTest, HeadersMadeAndDroppedAllocateNothing) {
  const auto make = [] {
    Headers headers;
    headers.add("Content-Type", "text/plain");
    headers.add("Vary", "Accept");
    Headers moved = std::move(headers);
    const Headers copy = moved;
    Headers many;
    for (int i = 0; i < 10; ++i) many.add("Set-Cookie", "name=value; Path=/; Secure");
    return copy.size() + many.size();
  };
  EXPECT_EQ(make(), 12u);
  const std::size_t before = heap.allocations;
  make();
  EXPECT_EQ(heap.allocations, before);
}

TEST(HTTPHeadersCostTest, MemoryOfABurstIsGivenBack) {
  const std::size_t before = heap.live;
  std::vector<Headers> burst(1000, Headers{{"A", "1"}});
  EXPECT_GE(heap.live - before, 1000 * 512u);
  burst = std::vector<Headers>();
  EXPECT_LE(heap.live - before, 64 * 512u);
}

TEST(HTTPHeadersCostTest, MayEndOnAnotherThread) {
  Headers headers;
  std::thread([&] { headers.add("A", "1"); }).join();
  EXPECT_EQ(headers.get("A"), "1");
  std::thread([ended = std::move(headers)] {}).join();
}

// What a server does with a request.

constexpr std::string_view kDate = "Date: Sat, 21 Nov 2026 18:03:25 GMT\r\n";

class HTTPServingCostTest : public HTTPRequestCostTest {
 protected:
  HTTPServingCostTest() {
    for (const char* path :
         {"/", "/poems", "/poems/:name", "/users/:id/poems/:name", "/files/*path"}) {
      router.get(path, [](Request&) { return Response::text("Hello, world!"); });
    }
  }

  void serve(std::string_view bytes) {
    ASSERT_EQ(parser.next(bytes), HTTPEvent::kHead);
    request.assign(parser.head());
    Answer answer = router.render(request);
    const Response& response = *answer.ready();
    out.clear();
    HTTPBodyWriter body = writeResponseHead(out, response.status, response.headers,
                                            {request.method(), request.version()},
                                            {.lines = kDate,
                                             .contentLength = response.body.size(),
                                             .unlessGiven = true,
                                             .dropsConnectionAndDate = true});
    body.writeAll(out, response.body);
    ASSERT_EQ(parser.next(bytes), HTTPEvent::kEnd);
  }

  Router router;
  Request request;
  std::string out;
};

TEST_F(HTTPServingCostTest, AnAnsweredRequestAllocatesNothing) {
  constexpr std::string_view kDeep =
      "GET /users/a-rather-long-identifier/poems/somewhere-i-have-never-travelled?x=1 HTTP/1.1\r\n"
      "Host: a\r\n\r\n";
  serve(kGet);
  serve(kDeep);
  const std::size_t before = heap.allocations;
  serve(kGet);
  serve(kDeep);
  EXPECT_EQ(heap.allocations, before);
  EXPECT_EQ(request.param("id"), "a-rather-long-identifier");
  EXPECT_EQ(out,
            "HTTP/1.1 200 OK\r\nContent-Length: 13\r\nDate: Sat, 21 Nov 2026 18:03:25 GMT\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n\r\nHello, world!");
}

}  // namespace
}  // namespace couplet
