// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Requests that are taken: what they say, and that it is the same at every cut.
#include <couplet/protocols/http/request_parser.h>

#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

#include <couplet/protocols/testing/gtest_every_cut.h>

#include "hearing.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::TestWithParam;
using ::testing::Values;

using Heard = std::vector<std::string>;

struct Accepted {
  std::string name;
  std::string bytes;
  Heard heard;
};

std::string nameOf(const ::testing::TestParamInfo<Accepted>& accepted) {
  return accepted.param.name;
}

class HTTPRequestAcceptedTest : public TestWithParam<Accepted> {};

TEST_P(HTTPRequestAcceptedTest, SaysWhatItSays) {
  EXPECT_EQ(hearRequests({GetParam().bytes}), GetParam().heard);
}

TEST_P(HTTPRequestAcceptedTest, IsTheSameAtEveryCut) {
  EXPECT_TRUE(testing::sameAtEveryCut(
      GetParam().bytes, [](const testing::Chunks& chunks) { return hearRequests(chunks); }));
}

const std::string kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string kGot = "head GET / host=a [Host: a]";

INSTANTIATE_TEST_SUITE_P(
    Heads, HTTPRequestAcceptedTest,
    Values(
        Accepted{"Smallest", kGet, {kGot, "end"}},
        Accepted{
            "SeveralFields",
            "GET /p?q=1 HTTP/1.1\r\nHost: a:80\r\nAccept: */*\r\nX-Odd!#$%&'*+.^_`|~9: b\r\n\r\n",
            {"head GET /p?q=1 host=a:80 [Host: a:80] [Accept: */*] "
             "[X-Odd!#$%&'*+.^_`|~9: b]",
             "end"}},
        Accepted{"BlanksAroundAValue",
                 "GET / HTTP/1.1\r\nHost: \t a\t \r\nA:b\r\nE:\r\nF: \t \r\n\r\n",
                 {"head GET / host=a [Host: a] [A: b] [E: ] [F: ]", "end"}},
        Accepted{"ATabAndTextOf8BitsInAValue",
                 "GET / HTTP/1.1\r\nHost: a\r\nB: x\ty\xff\x80z\r\n\r\n",
                 {"head GET / host=a [Host: a] [B: x\ty\xff\x80z]", "end"}},
        Accepted{"OneEmptyLineBefore", "\r\n" + kGet, {kGot, "end"}},
        Accepted{
            "AnEmptyLineBeforeEach", "\r\n" + kGet + "\r\n" + kGet, {kGot, "end", kGot, "end"}},
        Accepted{"OddMethod",
                 "M-SEARCH!x /a HTTP/1.1\r\nHost: a\r\n\r\n",
                 {"head M-SEARCH!x /a host=a [Host: a]", "end"}},
        Accepted{"LongNameAndValue",
                 "GET / HTTP/1.1\r\nHost: a\r\nA-Name-That-Is-Longer-Than-Two-Blocks-Of-Sixteen: "
                 "and a value that is longer than that\r\n\r\n",
                 {"head GET / host=a [Host: a] [A-Name-That-Is-Longer-Than-Two-Blocks-Of-"
                  "Sixteen: and a value that is longer than that]",
                  "end"}}),
    nameOf);

INSTANTIATE_TEST_SUITE_P(
    Versions, HTTPRequestAcceptedTest,
    Values(Accepted{"Http10", "GET / HTTP/1.0\r\n\r\n", {"head GET / host= close 1.0", "end"}},
           Accepted{"Http10WithEmptyHost",
                    "GET / HTTP/1.0\r\nHost:\r\n\r\n",
                    {"head GET / host= close 1.0 [Host: ]", "end"}},
           Accepted{"Http10KeptAlive",
                    "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
                    {"head GET / host= 1.0 [Connection: Keep-Alive]", "end"}},
           Accepted{"Http10DoesNotUpgrade",
                    "GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
                    {"head GET / host= close 1.0 [Connection: upgrade] [Upgrade: h2c]", "end"}},
           Accepted{"Http10DoesNotExpect",
                    "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
                    {"head POST / host= length=1 close 1.0 [Expect: 100-continue] "
                     "[Content-Length: 1]",
                     "body x", "end"}}),
    nameOf);

INSTANTIATE_TEST_SUITE_P(
    Connections, HTTPRequestAcceptedTest,
    Values(Accepted{"Close",
                    "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                    {"head GET / host=a close [Host: a] [Connection: close]", "end"}},
           Accepted{"CloseAsFirstOfAList",
                    "GET / HTTP/1.1\r\nHost: a\r\nConnection: Close, foo\r\n\r\n",
                    {"head GET / host=a close [Host: a] [Connection: Close, foo]", "end"}},
           Accepted{"CloseAsLastOfAList",
                    "GET / HTTP/1.1\r\nHost: a\r\nConnection: foo ,\tclose\r\n\r\n",
                    {"head GET / host=a close [Host: a] [Connection: foo ,\tclose]", "end"}},
           Accepted{
               "CloseInASecondLine",
               "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n",
               {"head GET / host=a close [Host: a] [Connection: keep-alive] "
                "[Connection: close]",
                "end"}},
           Accepted{"CloseNotIsAnotherOption",
                    "GET / HTTP/1.1\r\nHost: a\r\nConnection: close-not\r\n\r\n",
                    {"head GET / host=a [Host: a] [Connection: close-not]", "end"}},
           Accepted{"Upgrade",
                    "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: "
                    "websocket\r\n\r\n",
                    {"head GET / host=a upgrade [Host: a] [Connection: keep-alive, Upgrade] "
                     "[Upgrade: websocket]",
                     "end"}},
           Accepted{"UpgradeThatConnectionDoesNotName",
                    "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
                    {"head GET / host=a [Host: a] [Upgrade: websocket]", "end"}},
           Accepted{"Expectation",
                    "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: "
                    "1\r\n\r\nx",
                    {"head POST / host=a length=1 expects [Host: a] [Expect: 100-Continue] "
                     "[Content-Length: 1]",
                     "body x", "end"}},
           Accepted{"AnotherExpectation",
                    "GET / HTTP/1.1\r\nHost: a\r\nExpect: more\r\n\r\n",
                    {"head GET / host=a [Host: a] [Expect: more]", "end"}}),
    nameOf);

INSTANTIATE_TEST_SUITE_P(
    Targets, HTTPRequestAcceptedTest,
    Values(Accepted{"EveryByteOfATarget",
                    "GET /!\"$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~ HTTP/1.1\r\nHost: a\r\n\r\n",
                    {"head GET /!\"$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~ host=a [Host: a]", "end"}},
           Accepted{"Absolute",
                    "GET http://b:81/p?q HTTP/1.1\r\nHost: a\r\n\r\n",
                    {"head GET http://b:81/p?q host=b:81 [Host: a]", "end"}},
           Accepted{"AbsoluteWithoutAPath",
                    "GET http://b HTTP/1.1\r\nHost: a\r\n\r\n",
                    {"head GET http://b host=b [Host: a]", "end"}},
           Accepted{"AbsoluteWithAQueryOnly",
                    "GET http://b:1234?x HTTP/1.1\r\nHost: a\r\n\r\n",
                    {"head GET http://b:1234?x host=b:1234 [Host: a]", "end"}},
           Accepted{"AbsoluteWithAUser",
                    "GET http://u:p@b/ HTTP/1.1\r\nHost: b\r\n\r\n",
                    {"head GET http://u:p@b/ host=b [Host: b]", "end"}},
           Accepted{"Asterisk",
                    "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
                    {"head OPTIONS * host=a [Host: a]", "end"}},
           Accepted{"AuthorityOfIPv6",
                    "CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\r\n",
                    {"head CONNECT [::1]:443 host=[::1]:443 [Host: [::1]:443]", "end"}},
           Accepted{"Authority",
                    "CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n",
                    {"head CONNECT b:443 host=b:443 [Host: b:443]", "end"}}),
    nameOf);

INSTANTIATE_TEST_SUITE_P(
    Bodies, HTTPRequestAcceptedTest,
    Values(Accepted{"OfALength",
                    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
                    {"head POST / host=a length=5 [Host: a] [Content-Length: 5]", "body hello",
                     "end"}},
           Accepted{"OfNoLength",
                    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
                    {"head POST / host=a length=0 [Host: a] [Content-Length: 0]", "end"}},
           Accepted{
               "LengthWithLeadingZeros",
               "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:  003 \r\n\r\nabc",
               {"head POST / host=a length=3 [Host: a] [Content-Length: 003]", "body abc", "end"}},
           Accepted{"OfAGet",
                    "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx" + kGet,
                    {"head GET / host=a length=1 [Host: a] [Content-Length: 1]", "body x", "end",
                     kGot, "end"}}),
    nameOf);

std::string chunked(std::string_view body) {
  return "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(body);
}

const std::string kChunkedHead =
    "head POST / host=a chunked [Host: a] [Transfer-Encoding: chunked]";

INSTANTIATE_TEST_SUITE_P(
    Chunks, HTTPRequestAcceptedTest,
    Values(Accepted{"One", chunked("5\r\nhello\r\n0\r\n\r\n"), {kChunkedHead, "body hello", "end"}},
           Accepted{"None", chunked("0\r\n\r\n"), {kChunkedHead, "end"}},
           Accepted{"Several",
                    chunked("1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"),
                    {kChunkedHead, "body abc", "end"}},
           Accepted{"SizesInEitherCase",
                    chunked("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n"),
                    {kChunkedHead, "body 01234567890123456789", "end"}},
           Accepted{"LeadingZeros",
                    chunked("0000000000000003\r\nabc\r\n0000\r\n\r\n"),
                    {kChunkedHead, "body abc", "end"}},
           Accepted{"Extensions",
                    chunked("1;a=b\r\nx\r\n1;a=\"b c\"\r\ny\r\n1;\r\nz\r\n0;e\r\n\r\n"),
                    {kChunkedHead, "body xyz", "end"}},
           Accepted{"DataThatLooksLikeChunks",
                    chunked("6\r\n0\r\n\r\n\n\r\n0\r\n\r\n"),
                    {kChunkedHead, "body 0\r\n\r\n\n", "end"}},
           Accepted{
               "Trailers",
               chunked("1\r\nx\r\n0\r\nA: b\r\nContent-Length: 9\r\n\r\n") + kGet,
               {kChunkedHead, "body x", "trailers [A: b] [Content-Length: 9]", "end", kGot, "end"}},
           Accepted{"CodingInAnyCase",
                    "POST / HTTP/1.1\r\nHost: a\r\ntransfer-encoding:  CHUNKED\t\r\n\r\n0\r\n\r\n",
                    {"head POST / host=a chunked [Host: a] [transfer-encoding: CHUNKED]", "end"}}),
    nameOf);

// What is said of a head beyond its words.

RequestHead headOf(RequestListener& listener, std::string_view bytes) {
  EXPECT_EQ(listener.parser.next(bytes), HTTPEvent::kHead);
  return listener.parser.head();
}

TEST(HTTPRequestParserTest, TakesEveryGoodHost) {
  for (const std::string host :
       {"a", "a.b-c_d.example", "127.0.0.1", "127.0.0.1:8080", "a:", "a:0", "a:65535", "[::1]",
        "[::1]:80", "[::ffff:192.0.2.1]", "[fe80::1%25eth0]:80", "0.0.0.0=5000", "H%4fSt",
        "a~!$&'()*+,;="}) {
    RequestListener listener;
    const std::string bytes = "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
    EXPECT_EQ(headOf(listener, bytes).host, host);
  }
}

TEST(HTTPRequestParserTest, TellsTheFormOfATarget) {
  const auto formOf = [&](const std::string& line) {
    RequestListener one;
    return headOf(one, line + " HTTP/1.1\r\nHost: a\r\n\r\n").form;
  };
  EXPECT_EQ(formOf("GET /"), TargetForm::kOrigin);
  EXPECT_EQ(formOf("GET https://b/"), TargetForm::kAbsolute);
  EXPECT_EQ(formOf("OPTIONS *"), TargetForm::kAsterisk);
  EXPECT_EQ(formOf("CONNECT b:1"), TargetForm::kAuthority);
}

TEST(HTTPRequestParserTest, GivesThePathAndQueryOfEveryForm) {
  const auto pathOf = [&](const std::string& line) {
    RequestListener one;
    const std::string bytes = line + " HTTP/1.1\r\nHost: a\r\n\r\n";
    return std::string(headOf(one, bytes).pathAndQuery);
  };
  EXPECT_EQ(pathOf("GET /a?b"), "/a?b");
  EXPECT_EQ(pathOf("GET http://c/a?b"), "/a?b");
  EXPECT_EQ(pathOf("GET http://c?b"), "?b");
  EXPECT_EQ(pathOf("GET http://c"), "");
  EXPECT_EQ(pathOf("OPTIONS *"), "");
  EXPECT_EQ(pathOf("CONNECT b:1"), "");
}

TEST(HTTPRequestParserTest, GivesTheFieldLinesAsTheyCame) {
  RequestListener listener;
  const std::string lines = "Host:  a \r\nx:y\r\n";
  const std::string bytes = "GET / HTTP/1.1\r\n" + lines + "\r\n";
  EXPECT_EQ(headOf(listener, bytes).fieldLines, lines);
}

TEST(HTTPRequestParserTest, FindsAFieldWhateverItsCase) {
  RequestListener listener;
  const RequestHead head = headOf(listener, "GET / HTTP/1.1\r\nhOST: a\r\nX: 1\r\nx: 2\r\n\r\n");
  EXPECT_EQ(head.get("Host"), "a");
  EXPECT_EQ(head.get("X"), "1");
  EXPECT_EQ(head.get("Y"), std::nullopt);
}

/// A head whose request line, names and values are of such sizes, with what is heard of it.
struct SizedHead {
  SizedHead(std::size_t target, std::size_t name, std::size_t value) {
    const std::string path = "/" + std::string(target, 'p');
    const std::string fieldName(name, 'n');
    const std::string fieldValue(value, 'v');
    bytes = "GET " + path + " HTTP/1.1\r\n" + fieldName + ": " + fieldValue + "\r\nHost: a\r\n";
    bytes += fieldName + "_:" + fieldValue + "\r\n\r\n";
    heard = "head GET " + path + " host=a [" + fieldName + ": " + fieldValue + "] [Host: a] [" +
            fieldName + "_: " + fieldValue + "]";
  }

  std::string bytes;
  std::string heard;
};

TEST(HTTPRequestParserTest, PartsOfAHeadMayBeOfAnySize) {
  for (std::size_t target = 0; target < 40; target += 3) {
    for (std::size_t name = 1; name < 40; ++name) {
      for (std::size_t value = 0; value < 40; ++value) {
        const SizedHead head(target, name, value);
        ASSERT_THAT(hearRequests({head.bytes}), ElementsAre(head.heard, "end"));
      }
    }
  }
}

// In memory of its own, so that ASan sees a byte that is read behind it.
TEST(HTTPRequestParserTest, ReadsNothingBehindWhatItIsGiven) {
  for (std::size_t size = 1; size < 36; ++size) {
    const SizedHead head(size, size, size);
    for (std::size_t cut = 1; cut <= head.bytes.size(); ++cut) {
      const std::vector<char> given(head.bytes.begin(), head.bytes.begin() + std::ptrdiff_t(cut));
      const bool whole = cut == head.bytes.size();
      ASSERT_EQ(hearRequests({{given.data(), cut}}).size(), whole ? 2u : 0u) << size << " " << cut;
    }
  }
}

TEST(HTTPRequestParserTest, DoesNotCopyAHeadThatComesWhole) {
  RequestListener listener;
  const std::string bytes = kGet;
  EXPECT_EQ(headOf(listener, bytes).method.data(), bytes.data());
}

TEST(HTTPRequestParserTest, DoesNotCopyABody) {
  RequestListener listener;
  std::string_view bytes = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhello";
  EXPECT_EQ(listener.parser.next(bytes), HTTPEvent::kHead);
  const char* const body = bytes.data();
  EXPECT_EQ(listener.parser.next(bytes), HTTPEvent::kBody);
  EXPECT_EQ(listener.parser.body().data(), body);
  EXPECT_EQ(listener.parser.body(), "hello");
}

// One after the other.

TEST(HTTPRequestParserTest, LeavesTheNextRequestWhereItIs) {
  RequestListener listener;
  const std::string two = kGet + kGet;
  std::string_view bytes = two;
  EXPECT_EQ(listener.parser.next(bytes), HTTPEvent::kHead);
  EXPECT_EQ(listener.parser.next(bytes), HTTPEvent::kEnd);
  EXPECT_EQ(bytes, kGet);
}

TEST(HTTPRequestParserTest, ParsersOfOneThreadShareATable) {
  HTTPLimits limits;
  HTTPHeadTable table;
  HTTPRequestParser one(limits, table), other(limits, table);
  std::string_view first = "GET /one HTTP/1.1\r\nHost: a\r\nA: ";
  std::string_view second = "GET /other HTTP/1.1\r\nHost: b\r\n\r\n";
  std::string_view rest = "1\r\n\r\n";
  EXPECT_EQ(one.next(first), HTTPEvent::kNeedMore);
  EXPECT_EQ(other.next(second), HTTPEvent::kHead);
  EXPECT_EQ(one.next(rest), HTTPEvent::kHead);
  EXPECT_EQ(describe(one.head()), "head GET /one host=a [Host: a] [A: 1]");
}

TEST(HTTPRequestParserTest, IsIdleUntilTheFirstByteOfAHead) {
  RequestListener listener;
  EXPECT_TRUE(listener.parser.idle());
  listener.receive("G");
  EXPECT_FALSE(listener.parser.idle());
  listener.receive(kGet.substr(1));
  EXPECT_TRUE(listener.parser.idle());
}

TEST(HTTPRequestParserTest, IsIdleAtTheEndOfChunksThatCameInPieces) {
  RequestListener listener;
  listener.receive("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r");
  std::string_view last = "\n";
  EXPECT_EQ(listener.parser.next(last), HTTPEvent::kEnd);
  EXPECT_TRUE(listener.parser.idle());
}

TEST(HTTPRequestParserTest, AnEmptyLineIsNoHead) {
  RequestListener listener;
  listener.receive(kGet + "\r\n");
  EXPECT_TRUE(listener.parser.idle());
  listener.receive("\r");
  EXPECT_FALSE(listener.parser.idle());
}

// The end of input.

TEST(HTTPRequestParserTest, InputMayEndBetweenRequests) {
  RequestListener listener;
  listener.inputEnded();
  listener.receive(kGet + "\r\n");
  listener.inputEnded();
  EXPECT_THAT(listener.heard, ElementsAre("end", kGot, "end", "end"));
}

TEST(HTTPRequestParserTest, InputMustNotEndInAHead) {
  RequestListener listener;
  listener.receive("GET / HTTP/1.1\r\nHost: a\r\n");
  listener.inputEnded();
  EXPECT_THAT(listener.heard,
              ElementsAre("refused 400: The input ended in the head of a message."));
}

TEST(HTTPRequestParserTest, InputMustNotEndInABody) {
  for (const std::string body :
       {"Content-Length: 2\r\n\r\nx", "Transfer-Encoding: chunked\r\n\r\n0\r\n"}) {
    RequestListener listener;
    listener.receive("POST / HTTP/1.1\r\nHost: a\r\n" + body);
    listener.inputEnded();
    EXPECT_EQ(listener.heard.back(), "refused 400: The input ended in the body of a message.");
  }
}

// Hand-over.

TEST(HTTPRequestParserTest, LeavesABodilessUpgradesRestUntouched) {
  RequestListener listener;
  std::string_view bytes =
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n\x81\x05";
  EXPECT_EQ(listener.parser.next(bytes), HTTPEvent::kHead);
  EXPECT_EQ(listener.parser.next(bytes), HTTPEvent::kEnd);
  listener.parser.handOver();
  EXPECT_EQ(listener.parser.next(bytes), HTTPEvent::kHandedOver);
  EXPECT_EQ(bytes, "\x81\x05");
}

TEST(HTTPRequestParserTest, LeavesATunnelUntouched) {
  RequestListener listener;
  std::string_view bytes = "CONNECT b:1 HTTP/1.1\r\nHost: b:1\r\n\r\nhello";
  EXPECT_EQ(listener.parser.next(bytes), HTTPEvent::kHead);
  listener.parser.handOver();
  EXPECT_EQ(listener.parser.next(bytes), HTTPEvent::kHandedOver);
  EXPECT_EQ(listener.parser.inputEnded(), HTTPEvent::kHandedOver);
  EXPECT_EQ(bytes, "hello");
}

}  // namespace
}  // namespace couplet
