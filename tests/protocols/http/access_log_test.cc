// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/access_log.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include <couplet/reactor/testing/logged_errors.h>

#include "site_fixture.h"

namespace couplet {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

/// The example of Apache's papers, in UTC.
AccessRecord example() {
  return {.peer = {"127.0.0.1", 40000},
          .user = "frank",
          .time = 971211336,
          .method = "GET",
          .target = "/apache_pb.gif",
          .version = "HTTP/1.0",
          .status = 200,
          .bodyBytes = 2326,
          .referer = "http://www.example.com/start.html",
          .userAgent = "Mozilla/4.08 [en] (Win98; I ;Nav)"};
}

TEST(CombinedLogLineTest, IsAsApacheWritesIt) {
  EXPECT_EQ(combinedLogLine(example()),
            "127.0.0.1 - frank [10/Oct/2000:20:55:36 +0000] \"GET /apache_pb.gif HTTP/1.0\" 200 "
            "2326 \"http://www.example.com/start.html\" \"Mozilla/4.08 [en] (Win98; I ;Nav)\"");
}

TEST(CombinedLogLineTest, WhatIsNotThereIsAHyphen) {
  EXPECT_EQ(combinedLogLine({.status = 400}),
            "- - - [01/Jan/1970:00:00:00 +0000] \"-\" 400 - \"-\" \"-\"");
}

TEST(CombinedLogLineTest, AnIPv6AddressHasNoBrackets) {
  AccessRecord record = example();
  record.peer = {"2001:db8::1", 40000};
  EXPECT_THAT(combinedLogLine(record), ::testing::StartsWith("2001:db8::1 - frank ["));
}

TEST(CombinedLogLineTest, NobodyForgesALineOrAPartOfOne) {
  AccessRecord record = example();
  record.target = "/\" 200 1 \"-\" \"-\"\n10.0.0.1 - root";
  record.userAgent = "a\" \"b\\";
  const std::string line = combinedLogLine(record);
  EXPECT_THAT(line, HasSubstr("\"GET /\\x22\\x20200\\x201\\x20\\x22-\\x22\\x20\\x22-\\x22\\x0A"));
  EXPECT_THAT(line, HasSubstr("\"a\\x22 \\x22b\\x5C\""));
  EXPECT_EQ(std::count(line.begin(), line.end(), '"'), 6);
  EXPECT_EQ(line.find('\n'), line.npos);
}

TEST(CombinedLogLineTest, AUserIsOneWord) {
  AccessRecord record = example();
  record.user = "x [01/Jan/2000:00:00:00 +0000] \"GET";
  EXPECT_THAT(combinedLogLine(record),
              HasSubstr(" - x\\x20[01/Jan/2000:00:00:00\\x20+0000]\\x20\\x22GET [10/Oct/2000"));
}

TEST(CombinedLogLineTest, NoByteReachesATerminalThatItWouldActOn) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  for (std::string_view AccessRecord::*text :
       {&AccessRecord::user, &AccessRecord::method, &AccessRecord::target, &AccessRecord::version,
        &AccessRecord::referer, &AccessRecord::userAgent}) {
    AccessRecord record = example();
    record.*text = all;
    const std::string line = combinedLogLine(record);
    EXPECT_TRUE(std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c < 0x7f; }));
    EXPECT_THAT(line, HasSubstr("\\x00\\x01"));
    EXPECT_THAT(line, HasSubstr("\\x1B"));
    EXPECT_THAT(line, HasSubstr("~\\x7F\\x80"));
    EXPECT_EQ(std::count(line.begin(), line.end(), '"'), 6);
  }
}

TEST(CombinedLogLineTest, ALongTextIsCut) {
  AccessRecord record = example();
  const std::string most(kMostLogged, 'a');
  record.target = most;
  EXPECT_THAT(combinedLogLine(record), HasSubstr("GET " + most + " HTTP"));
  const std::string more = most + "b";
  record.target = more;
  EXPECT_THAT(combinedLogLine(record), HasSubstr("GET " + most + "... HTTP"));
}

TEST(CombinedLogLineTest, FitsIntoALineOfTheLog) {
  const std::string worst(16 * 1024, '\x1b');
  AccessRecord record = example();
  record.peer.host = record.user = record.method = record.target = record.version = record.referer =
      record.userAgent = worst;
  EXPECT_LT(combinedLogLine(record).size(), 30000u);
}

class AccessRecordTest : public SiteTest {};

TEST_F(AccessRecordTest, SaysWhatWasAskedAndByWhom) {
  std::string line, peer;
  router.get("/x", [&](Request& request) {
    peer = request.peer().host;
    line = combinedLogLine(accessRecordOf(request));
    return Response(200);
  });
  serve();
  send(
      "GET /x?a=1 HTTP/1.1\r\nHost: a\r\nReferer: http://b/\r\nUser-Agent: curl/8\r\n"
      "Authorization: Basic YWxpY2U6c2VjcmV0\r\n\r\n");
  EXPECT_EQ(line, peer +
                      " - alice [01/Jan/1970:00:00:00 +0000] \"GET /x?a=1 HTTP/1.1\" 0 - "
                      "\"http://b/\" \"curl/8\"");
}

TEST_F(AccessRecordTest, ARequestMaySayNothingOfItself) {
  std::string line;
  router.get("/", [&](Request& request) {
    line = combinedLogLine(accessRecordOf(request));
    return Response(200);
  });
  serve();
  send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_THAT(line, HasSubstr(" - - [01/Jan/1970:00:00:00 +0000] \"GET / HTTP/1.0\" 0 - \"-\" "
                              "\"-\""));
}

TEST(LogAccessTest, WritesOneLineToTheLog) {
  ::testing::internal::CaptureStderr();
  logAccess(example());
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              MatchesRegex("I[0-9: .]+ access_log\\.cc:[0-9]+\\] "
                           "127\\.0\\.0\\.1 - frank .*\n"));
}

// Of a site.

class SiteAccessLogTest : public SiteTest {
 protected:
  SiteAccessLogTest() {
    options.accessLog = [this](const AccessRecord& record) {
      lines.push_back(combinedLogLine(record));
    };
    router.get("/", [](Request&) { return Response::text("Hello"); });
    router.post("/", [](Request&) { return Response(204, "not sent"); });
  }

  /// What is logged behind the time for these bytes.
  std::string logged(std::string_view bytes) {
    send(bytes);
    if (lines.size() != 1) return std::to_string(lines.size()) + " lines";
    return lines[0].substr(lines[0].find(']') + 2);
  }

  std::vector<std::string> lines;
};

constexpr char kGet[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

TEST_F(SiteAccessLogTest, TheTimeIsThatOfTheSite) {
  serve();
  send(kGet);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], HasSubstr(" - - [06/Nov/1994:08:49:37 +0000] "));
}

TEST_F(SiteAccessLogTest, ABodyThatIsNotSentIsNotCounted) {
  serve();
  EXPECT_EQ(logged("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"), "\"HEAD / HTTP/1.1\" 200 - \"-\" \"-\"");
}

TEST_F(SiteAccessLogTest, ABodyThatMayNotBeSentIsNotCounted) {
  serve();
  EXPECT_EQ(logged("POST / HTTP/1.1\r\nHost: a\r\n\r\n"), "\"POST / HTTP/1.1\" 204 - \"-\" \"-\"");
}

TEST_F(SiteAccessLogTest, ARequestWhoseHeadIsRefusedIsAHyphen) {
  serve();
  EXPECT_THAT(logged("GET / HTTP/1.1\r\n\r\n"), ::testing::StartsWith("\"-\" 400 "));
}

TEST_F(SiteAccessLogTest, ARequestWhoseBodyIsRefusedIsKnown) {
  serve();
  EXPECT_THAT(logged("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n"),
              ::testing::StartsWith("\"POST /x HTTP/1.1\" 413 "));
}

TEST_F(SiteAccessLogTest, AnAnswerIsLoggedWhenItIsSent) {
  Promise<Response> work;
  router.get("/later", [&](Request&) { return work.deferred(); });
  serve();
  EXPECT_EQ(logged("GET /later HTTP/1.1\r\nHost: a\r\n\r\n"), "0 lines");
  work.callback(Response::text("Hello"));
  EXPECT_EQ(logged(""), "\"GET /later HTTP/1.1\" 200 5 \"-\" \"-\"");
}

TEST_F(SiteAccessLogTest, AnAnswerThatNobodyGotIsNotLogged) {
  Promise<Response> work;
  router.get("/later", [&](Request&) { return work.deferred(); });
  serve();
  send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
  client->abortConnection();
  reactor.flush();
  EXPECT_EQ(lines.size(), 0u);
}

TEST_F(SiteAccessLogTest, ALogThatThrowsHarmsNoClient) {
  testing::LoggedErrors errors;
  options.accessLog = [](const AccessRecord&) { throw std::runtime_error("the disk is full"); };
  serve();
  EXPECT_EQ(send(kGet), text("Hello"));
  EXPECT_EQ(send(kGet), text("Hello"));
  EXPECT_THAT(errors.take(), ::testing::Each(HasSubstr("the disk is full")));
}

TEST_F(AccessRecordTest, NothingIsLoggedUnlessItIsAskedFor) {
  router.get("/", [](Request&) { return Response::text("Hello"); });
  serve();
  ::testing::internal::CaptureStderr();
  send(kGet);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST_F(SiteAccessLogTest, ABodyThatIsCutShortIsLoggedWithWhatWasMade) {
  Promise<void> never;
  router.get("/cut", [&](Request&) {
    return Response::stream([&](OutgoingBody& body) {
      return body.write("poem").addCallback([&] { return never.deferred(); });
    });
  });
  serve();
  send("GET /cut HTTP/1.1\r\nHost: a\r\n\r\n");
  client->abortConnection();
  EXPECT_EQ(logged(""), "\"GET /cut HTTP/1.1\" 200 4 \"-\" \"-\"");
}

}  // namespace
}  // namespace couplet
