// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Responses: what is taken, what is refused, where a body ends, and when a connection may be used
// again. Each the same at every cut.
#include <couplet/protocols/http/response_parser.h>

#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

#include <couplet/protocols/testing/gtest_every_cut.h>

#include "hearing.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::TestWithParam;
using ::testing::Values;

using Heard = std::vector<std::string>;

struct Case {
  std::string name;
  std::string bytes;
  Heard heard;
  HTTPResponseParser::Request request = {};
};

std::string nameOf(const ::testing::TestParamInfo<Case>& given) { return given.param.name; }

class HTTPResponseParserTest : public TestWithParam<Case> {};

TEST_P(HTTPResponseParserTest, SaysWhatItSays) {
  EXPECT_EQ(hearResponse({GetParam().bytes}, GetParam().request), GetParam().heard);
}

TEST_P(HTTPResponseParserTest, IsTheSameAtEveryCut) {
  EXPECT_TRUE(testing::sameAtEveryCut(GetParam().bytes, [](const testing::Chunks& chunks) {
    return hearResponse(chunks, GetParam().request);
  }));
}

const HTTPResponseParser::Request kHead{.method = "HEAD"};
const HTTPResponseParser::Request kConnect{.method = "CONNECT"};
const HTTPResponseParser::Request kUpgrade{.offersUpgrade = true};

const std::string kCut = "refused 400: The input ended in the body of a message.";
const std::string kMore = "refused 502: The server sends more than was asked for.";

INSTANTIATE_TEST_SUITE_P(
    StatusLine, HTTPResponseParserTest,
    Values(Case{"Ordinary",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                {"head 200 OK length=0 [Content-Length: 0]", "end", "reusable"}},
           Case{"ReasonOfSeveralWords",
                "HTTP/1.1 404 Not  Found\xe9\r\nContent-Length: 0\r\n\r\n",
                {"head 404 Not  Found\xe9 length=0 [Content-Length: 0]", "end", "reusable"}},
           Case{"EmptyReason",
                "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n",
                {"head 200 length=0 [Content-Length: 0]", "end", "reusable"}},
           Case{"NoReason",
                "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
                {"head 200 length=0 [Content-Length: 0]", "end", "reusable"}},
           Case{"LargestStatus",
                "HTTP/1.1 999 x\r\nContent-Length: 0\r\n\r\n",
                {"head 999 x length=0 [Content-Length: 0]", "end", "reusable"}},
           Case{"BareLFInTheHead",
                "HTTP/1.1 200 OK\nA: b\nContent-Length: 1\n\nx",
                {"head 200 OK length=1 [A: b] [Content-Length: 1]", "body x", "end", "reusable"}},
           Case{"MixedLineEnds",
                "HTTP/1.1 200 OK\r\nA: b\nContent-Length: 1\r\n\nx",
                {"head 200 OK length=1 [A: b] [Content-Length: 1]", "body x", "end", "reusable"}}),
    nameOf);

// RFC 9112 5.2: a user agent makes spaces of the line ends of a folded field.
INSTANTIATE_TEST_SUITE_P(
    Folds, HTTPResponseParserTest,
    Values(Case{"OfOneField",
                "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n",
                {"head 200 OK length=0 [A: b   c] [Content-Length: 0]", "end", "reusable"}},
           Case{"OfSeveralLines",
                "HTTP/1.1 200 OK\nFold: is\n folding a     \n   line\nTest:\t\n\t \n\tword\n"
                "Blank:\n \nContent-Length: 0\n\n",
                {"head 200 OK length=0 [Fold: is  folding a         line] [Test: word] [Blank: ] "
                 "[Content-Length: 0]",
                 "end", "reusable"}},
           Case{"OfContentLength",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n 0\r\n\r\n",
                {"refused 400: The Content-Length is no decimal number."}},
           Case{"BeforeAllFields",
                "HTTP/1.1 200 OK\r\n A: b\r\nContent-Length: 0\r\n\r\n",
                {"refused 400: A header line begins with a space or tab."}}),
    nameOf);

Case refused(std::string name, const std::string& bytes, const std::string& why) {
  return {std::move(name), bytes, {"refused 400: " + why}};
}

constexpr char kBadStatus[] =
    "The status line is not a version, a status of three digits and a reason.";
constexpr char kBadVersion[] = "The version is not HTTP/1.1 or HTTP/1.0.";

INSTANTIATE_TEST_SUITE_P(
    BadStatusLine, HTTPResponseParserTest,
    Values(refused("OneDigit", "HTTP/1.1 2 OK\r\n\r\n", kBadStatus),
           refused("TwoDigits", "HTTP/1.1 99 x\r\n\r\n", kBadStatus),
           refused("FourDigits", "HTTP/1.1 9999 x\r\n\r\n", kBadStatus),
           refused("Below100", "HTTP/1.1 099 x\r\n\r\n", kBadStatus),
           refused("Signed", "HTTP/1.1 -01 x\r\n\r\n", kBadStatus),
           refused("Letters", "HTTP/1.1 ttt x\r\n\r\n", kBadStatus),
           refused("DigitOfAnotherScript", "HTTP/1.1 20\xb9 x\r\n\r\n", kBadStatus),
           refused("NoStatus", "HTTP/1.1\r\n\r\n", kBadStatus),
           refused("TwoSpaces", "HTTP/1.1  200 OK\r\n\r\n", kBadStatus),
           refused("TabBehindTheVersion", "HTTP/1.1\t200 OK\r\n\r\n", kBadStatus),
           refused("TabBehindTheStatus", "HTTP/1.1 200\tOK\r\n\r\n", kBadStatus),
           refused("TwoDigitMajor", "HTTP/11.1 200 OK\r\n\r\n", kBadVersion),
           refused("LeadingZero", "HTTP/01.1 200 OK\r\n\r\n", kBadVersion),
           refused("TwoDigitMinor", "HTTP/1.01 200 OK\r\n\r\n", kBadStatus),
           refused("AnotherProtocol", "RTSP/1.1 200 OK\r\n\r\n", kBadVersion),
           refused("Http09", "-foo-\n", kBadVersion),
           refused("EmptyLineBefore", "\r\nHTTP/1.1 200 OK\r\n\r\n", kBadVersion),
           Case{"Version2",
                "HTTP/2.0 200 OK\r\n\r\n",
                {"refused 505: Only HTTP/1.1 and HTTP/1.0 are spoken here."}}),
    nameOf);

INSTANTIATE_TEST_SUITE_P(
    BadHead, HTTPResponseParserTest,
    Values(refused("NulInTheReason", std::string("HTTP/1.1 200 O\0K\r\n\r\n", 19),
                   "A line of the message has a control byte in it."),
           refused("BareCRInTheReason", "HTTP/1.1 200 O\rK\r\n\r\n",
                   "A CR in the message is not followed by LF."),
           refused("NulInAValue", std::string("HTTP/1.1 200 OK\r\nA: \0\r\n\r\n", 24),
                   "A line of the message has a control byte in it."),
           refused("NoColon", "HTTP/1.1 200 OK\r\nA\r\n\r\n", "A header line has no colon."),
           refused("SpaceBeforeColon", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
                   "A header name has a space behind it."),
           refused("EmptyName", "HTTP/1.1 200 OK\r\n: b\r\n\r\n",
                   "A header name is empty or no token.")),
    nameOf);

// RFC 9112 6.3: where the body ends.
INSTANTIATE_TEST_SUITE_P(
    Body, HTTPResponseParserTest,
    Values(Case{"OfALength",
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
                {"head 200 OK length=3 [Content-Length: 3]", "body abc", "end", "reusable"}},
           Case{
               "Chunked",
               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
               {"head 200 OK chunked [Transfer-Encoding: chunked]", "body abc", "end", "reusable"}},
           Case{"WithTrailers",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: b\r\n\r\n",
                {"head 200 OK chunked [Transfer-Encoding: chunked]", "body x", "trailers [A: b]",
                 "end", "reusable"}},
           Case{"UntilTheEnd",
                "HTTP/1.1 200 OK\r\n\r\nall of it",
                {"head 200 OK", "body all of it", "end"}},
           Case{"UntilTheEndAndEmpty", "HTTP/1.1 200 OK\r\n\r\n", {"head 200 OK", "end"}},
           Case{"NoneForHead",
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n",
                {"head 200 OK length=3 [Content-Length: 3]", "end", "reusable"},
                kHead},
           Case{"NoneForHeadThoughChunked",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                {"head 200 OK chunked [Transfer-Encoding: chunked]", "end", "reusable"},
                kHead},
           Case{"NoneForHeadWithoutALength",
                "HTTP/1.1 200 OK\r\n\r\n",
                {"head 200 OK", "end", "reusable"},
                kHead},
           Case{"NoneOf204",
                "HTTP/1.1 204 No Content\r\n\r\n",
                {"head 204 No Content", "end", "reusable"}},
           Case{"NoneOf304",
                "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n",
                {"head 304 Not Modified length=10 [Content-Length: 10]", "end", "reusable"}}),
    nameOf);

INSTANTIATE_TEST_SUITE_P(
    CutShort, HTTPResponseParserTest,
    Values(Case{"BeforeAnything", "", {"refused 502: The input ended before a response."}},
           Case{"InTheHead",
                "HTTP/1.1 200 OK\r\nA: b\r\n",
                {"refused 400: The input ended in the head of a message."}},
           Case{"BehindAnInterimResponse",
                "HTTP/1.1 100 Continue\r\n\r\n",
                {"interim 100 Continue", "refused 400: The input ended in the head of a message."}},
           Case{"OfALength",
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
                {"head 200 OK length=3 [Content-Length: 3]", "body ab", kCut}},
           Case{"InAChunk",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
                {"head 200 OK chunked [Transfer-Encoding: chunked]", "body ab", kCut}},
           Case{"BeforeTheLastChunk",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
                {"head 200 OK chunked [Transfer-Encoding: chunked]", "body a", kCut}},
           Case{"BeforeTheLastLine",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
                {"head 200 OK chunked [Transfer-Encoding: chunked]", kCut}}),
    nameOf);

INSTANTIATE_TEST_SUITE_P(
    Lengths, HTTPResponseParserTest,
    Values(Case{"Twice",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
                {"head 200 OK length=1 [Content-Length: 1] [Content-Length: 1]", "body x", "end",
                 "end"}},
           Case{"List",
                "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\nx",
                {"head 200 OK length=1 [Content-Length: 1, 1]", "body x", "end", "end"}},
           refused("ListThatDiffers", "HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nx",
                   "The message has several Content-Lengths."),
           refused("TwoThatDiffer",
                   "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
                   "The message has several Content-Lengths."),
           refused("Negative", "HTTP/1.1 200 OK\r\nContent-Length: -6\r\n\r\nmooooo",
                   "The Content-Length is no decimal number."),
           refused("Plus", "HTTP/1.1 200 OK\r\nContent-Length: +6\r\n\r\nmooooo",
                   "The Content-Length is no decimal number."),
           refused("Letters", "HTTP/1.1 200 OK\r\nContent-Length: 6x\r\n\r\nmooooo",
                   "The Content-Length is no decimal number."),
           refused("Past63Bits", "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\n",
                   "The Content-Length is past 2^63-1."),
           Case{"BehindTheFirstOfAnInterimResponse",
                "HTTP/1.1 103 x\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: "
                "1\r\n\r\nx",
                {"interim 103 x length=5 [Content-Length: 5]",
                 "head 200 OK length=1 [Content-Length: 1]", "body x", "end", "reusable"}}),
    nameOf);

INSTANTIATE_TEST_SUITE_P(
    Codings, HTTPResponseParserTest,
    Values(Case{"AndLength",
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n"
                "1\r\nx\r\n0\r\n\r\n",
                {"head 200 OK chunked [Content-Length: 9] [Transfer-Encoding: chunked]", "body x",
                 "end", "end"}},
           refused("Unknown", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
                   "The Transfer-Encoding is not chunked, once and last."),
           refused("ChunkedThenIdentity",
                   "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
                   "identity\r\n\r\n",
                   "The Transfer-Encoding is not chunked, once and last."),
           refused("On10", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                   "HTTP/1.0 has no Transfer-Encoding."),
           Case{"BareLFBehindAChunkSize",
                "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1\nx\r\n0\r\n\r\n",
                {"head 200 OK chunked [Transfer-Encoding: chunked]",
                 "refused 400: A chunk does not begin with its size."}},
           Case{"BareLFInTrailers",
                "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n0\r\nA: b\n\r\n",
                {"head 200 OK chunked [Transfer-Encoding: chunked]",
                 "refused 400: A line of the message ends with LF, without CR."}},
           Case{"SizePast64Bits",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n12345678123456789\r\nx",
                {"head 200 OK chunked [Transfer-Encoding: chunked]",
                 "refused 400: The size of a chunk is past 2^63-1."}}),
    nameOf);

// RFC 9112 9.3, and what must never be pooled.
INSTANTIATE_TEST_SUITE_P(
    Reuse, HTTPResponseParserTest,
    Values(Case{"NotAfterClose",
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                {"head 200 OK length=0 close [Connection: close] [Content-Length: 0]", "end",
                 "end"}},
           Case{"NotAfterCloseInAList",
                "HTTP/1.1 200 OK\r\nConnection: a, Close\r\nContent-Length: 0\r\n\r\n",
                {"head 200 OK length=0 close [Connection: a, Close] [Content-Length: 0]", "end",
                 "end"}},
           Case{"NotOfHttp10",
                "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
                {"head 200 OK length=0 close 1.0 [Content-Length: 0]", "end", "end"}},
           Case{"OfHttp10KeptAlive",
                "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
                {"head 200 OK length=0 1.0 [Connection: keep-alive] [Content-Length: 0]", "end",
                 "reusable"}},
           Case{"NotWithBytesLeftOver",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxy",
                {"head 200 OK length=1 [Content-Length: 1]", "body x", "end", kMore}},
           Case{"NotWithABodyOf204", "HTTP/1.1 204 x\r\n\r\nbody", {"head 204 x", "end", kMore}},
           Case{"NotWithALengthOf204",
                "HTTP/1.1 204 x\r\nContent-Length: 4\r\n\r\n",
                {"head 204 x length=4 [Content-Length: 4]", "end", "end"}},
           Case{"NotWithASecondResponse",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
                {"head 200 OK length=0 [Content-Length: 0]", "end", kMore}},
           Case{"NotWithALineEndBehind",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n\r\n",
                {"head 200 OK length=0 [Content-Length: 0]", "end", kMore}},
           Case{"NotWithABodyOfHead",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
                {"head 200 OK length=1 [Content-Length: 1]", "end", kMore},
                kHead}),
    nameOf);

INSTANTIATE_TEST_SUITE_P(
    Interim, HTTPResponseParserTest,
    Values(Case{"OneIsSkipped",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                {"interim 100 Continue", "head 200 OK length=0 [Content-Length: 0]", "end",
                 "reusable"}},
           Case{"SeveralAreSkipped",
                "HTTP/1.1 103 x\r\nLink: a\r\n\r\nHTTP/1.1 199\r\n\r\nHTTP/1.1 204\r\n\r\n",
                {"interim 103 x [Link: a]", "interim 199", "head 204", "end", "reusable"}},
           Case{
               "SwitchThatWasNotAskedFor",
               "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nhello",
               {"refused 502: The server switches protocols without being asked."}}),
    nameOf);

INSTANTIATE_TEST_SUITE_P(
    HandOver, HTTPResponseParserTest,
    Values(
        Case{"SwitchThatWasAskedFor",
             "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nhello",
             {"head 101 Switching Protocols upgrade [Connection: upgrade] [Upgrade: x]",
              "handed over"},
             kUpgrade},
        Case{"UpgradeThatIsDeclined",
             "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
             {"head 200 OK length=0 [Content-Length: 0]", "end", "reusable"},
             kUpgrade},
        Case{"Tunnel",
             "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
             {"head 200 OK length=9 [Content-Length: 9]", "handed over"},
             kConnect},
        Case{"TunnelThatIsDeclined",
             "HTTP/1.1 403 x\r\nContent-Length: 1\r\n\r\nx",
             {"head 403 x length=1 [Content-Length: 1]", "body x", "end", "reusable"},
             kConnect}),
    nameOf);

TEST(HTTPResponseParserUseTest, LeavesWhatItHandedOverUntouched) {
  ResponseListener listener;
  listener.parser.expectResponse(kConnect);
  listener.receive("HTTP/1.1 200 OK\r\n\r\nhello");
  EXPECT_EQ(listener.left, "hello");
}

TEST(HTTPResponseParserUseTest, AnswersOneRequestAfterTheOther) {
  ResponseListener listener;
  listener.parser.expectResponse({.method = "HEAD"});
  listener.receive("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n");
  ASSERT_TRUE(listener.parser.reusable());
  listener.parser.expectResponse({.method = "GET"});
  EXPECT_FALSE(listener.parser.reusable());
  listener.receive("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
  EXPECT_TRUE(listener.parser.reusable());
  EXPECT_THAT(listener.heard,
              ElementsAre("head 200 OK length=1 [Content-Length: 1]", "end",
                          "head 200 OK length=1 [Content-Length: 1]", "body x", "end"));
}

TEST(HTTPResponseParserUseTest, AnIdleConnectionSaysNothing) {
  ResponseListener listener;
  EXPECT_TRUE(listener.parser.reusable());
  listener.receive("HTTP/1.1 200 OK\r\n\r\n");
  EXPECT_FALSE(listener.parser.reusable());
  EXPECT_THAT(listener.heard, ElementsAre(kMore));
}

TEST(HTTPResponseParserUseTest, AnIdleConnectionMayEnd) {
  ResponseListener listener;
  listener.inputEnded();
  EXPECT_THAT(listener.heard, ElementsAre("end"));
  EXPECT_FALSE(listener.parser.reusable());
}

TEST(HTTPResponseParserUseTest, KnowsWhetherAResponseBegan) {
  ResponseListener listener;
  listener.parser.expectResponse({});
  EXPECT_FALSE(listener.parser.begun());
  listener.receive("H");
  EXPECT_TRUE(listener.parser.begun());
}

TEST(HTTPResponseParserUseTest, ABodyIsBounded) {
  const HTTPLimits limits{.body = 3};
  const std::string tooLarge = "refused 413: The body is larger than allowed.";
  for (const std::string bytes :
       {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nabcd",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n"}) {
    EXPECT_EQ(hearResponse({bytes}, {}, limits).back(), tooLarge);
    EXPECT_TRUE(testing::sameAtEveryCut(
        bytes, [&](const testing::Chunks& chunks) { return hearResponse(chunks, {}, limits); }));
  }
}

TEST(HTTPResponseParserUseTest, AHeadIsBounded) {
  const std::string bytes = "HTTP/1.1 200 OK\r\nA: " + std::string(100, 'x') + "\r\n\r\n";
  EXPECT_THAT(hearResponse({bytes}, {}, {.firstLine = 14}),
              ElementsAre("refused 431: The status line is longer than allowed."));
  EXPECT_THAT(hearResponse({bytes}, {}, {.head = 100}),
              ElementsAre("refused 431: The head of the message is larger than allowed."));
}

}  // namespace
}  // namespace couplet
