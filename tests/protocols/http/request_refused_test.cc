// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Requests that are refused, each for one reason: what RFC 9112 forbids, what other servers took
// and should not have, what is larger than allowed. None is ever told as a request, and what
// follows it is not looked at.
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
using ::testing::TestWithParam;
using ::testing::Values;

struct Refused {
  std::string name;
  std::string bytes;
  std::string why;
  std::vector<std::string> before = {};
};

std::string nameOf(const ::testing::TestParamInfo<Refused>& refused) { return refused.param.name; }

class HTTPRequestRefusedTest : public TestWithParam<Refused> {};

TEST_P(HTTPRequestRefusedTest, SaysWhy) {
  std::vector<std::string> expected = GetParam().before;
  expected.push_back("refused " + GetParam().why);
  EXPECT_EQ(hearRequests({GetParam().bytes}), expected);
}

TEST_P(HTTPRequestRefusedTest, IsTheSameAtEveryCutAndWithMoreBehind) {
  EXPECT_TRUE(
      testing::sameAtEveryCut(GetParam().bytes + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
                              [](const testing::Chunks& chunks) { return hearRequests(chunks); }));
}

constexpr char kBadMethod[] = "400: The method is no token.";
constexpr char kBadLine[] =
    "400: The request line is not a method, a target and a version with a space between each.";
constexpr char kBadTargetByte[] =
    "400: The target has a fragment, or a byte that must be percent-encoded.";
constexpr char kBadTarget[] = "400: The target is no path, URL or asterisk.";
constexpr char kBadConnect[] = "400: CONNECT is not asked for HOST:PORT.";
constexpr char kBadVersion[] = "400: The version is not HTTP/1.1 or HTTP/1.0.";
constexpr char kOtherVersion[] = "505: Only HTTP/1.1 and HTTP/1.0 are spoken here.";
constexpr char kControl[] = "400: A line of the message has a control byte in it.";
constexpr char kBareCR[] = "400: A CR in the message is not followed by LF.";
constexpr char kBareLF[] = "400: A line of the message ends with LF, without CR.";
constexpr char kFold[] = "400: A header line begins with a space or tab.";
constexpr char kNoColon[] = "400: A header line has no colon.";
constexpr char kSpace[] = "400: A header name has a space behind it.";
constexpr char kBadName[] = "400: A header name is empty or no token.";
constexpr char kNoHost[] = "400: The request has no Host.";
constexpr char kManyHosts[] = "400: The request has more than one Host.";
constexpr char kBadHost[] = "400: The Host is not a host or HOST:PORT.";
constexpr char kManyLengths[] = "400: The message has several Content-Lengths.";
constexpr char kBadLength[] = "400: The Content-Length is no decimal number.";
constexpr char kLengthTooLarge[] = "400: The Content-Length is past 2^63-1.";
constexpr char kLengthAndCoding[] =
    "400: The message has both Content-Length and Transfer-Encoding.";
constexpr char kCodingOn10[] = "400: HTTP/1.0 has no Transfer-Encoding.";
constexpr char kBadCoding[] = "400: The Transfer-Encoding is not chunked, once and last.";
constexpr char kUnknownCoding[] = "501: No Transfer-Encoding but chunked is known.";
constexpr char kBadSize[] = "400: A chunk does not begin with its size.";
constexpr char kChunkTooLarge[] = "400: The size of a chunk is past 2^63-1.";
constexpr char kBadChunkEnd[] = "400: A chunk's data does not end with CR LF.";
constexpr char kBodyTooLarge[] = "413: The body is larger than allowed.";

// http.md, observed: server. Row 1: the request line.

Refused line(std::string name, const std::string& requestLine, std::string why) {
  return {std::move(name), requestLine + "\r\nHost: a\r\n\r\n", std::move(why)};
}

INSTANTIATE_TEST_SUITE_P(RequestLine, HTTPRequestRefusedTest,
                         Values(line("TwoSpacesBeforeTarget", "GET  / HTTP/1.1", kBadLine),
                                line("TwoSpacesBeforeVersion", "GET /  HTTP/1.1", kBadVersion),
                                line("LeadingSpace", " GET / HTTP/1.1", kBadMethod),
                                line("TrailingSpace", "GET / HTTP/1.1 ", kBadVersion),
                                line("TabBeforeTarget", "GET\t/ HTTP/1.1", kBadMethod),
                                line("TabBeforeVersion", "GET /\tHTTP/1.1", kBadTargetByte),
                                line("EmptyTarget", "GET  HTTP/1.1", kBadLine),
                                line("NoTarget", "GET HTTP/1.1", kBadLine),
                                line("NoVersion", "GET /", kBadLine),
                                line("OneWord", "GET", kBadLine),
                                line("SpaceInTarget", "GET /a b HTTP/1.1", kBadVersion),
                                line("NulInTarget", std::string("GET /\0 HTTP/1.1", 15), kControl),
                                line("ControlInTarget", "GET /\x01 HTTP/1.1", kControl),
                                line("DeleteInTarget", "GET /\x7f HTTP/1.1", kControl),
                                line("EmptyMethod", " / HTTP/1.1", kBadMethod),
                                line("MethodWithParenthesis", "G(T / HTTP/1.1", kBadMethod),
                                line("MethodWithColon", "GET: / HTTP/1.1", kBadMethod),
                                line("MethodWithSlash", "G/T / HTTP/1.1", kBadMethod),
                                line("MethodWith8Bits", "G\xc9T / HTTP/1.1", kBadMethod),
                                line("TlsHandshake", "\x16\x03\x03\x01", kControl)),
                         nameOf);

INSTANTIATE_TEST_SUITE_P(
    Version, HTTPRequestRefusedTest,
    Values(line("Minor2", "GET / HTTP/1.2", kOtherVersion),
           line("Major2", "GET / HTTP/2.0", kOtherVersion),
           line("Major9", "GET / HTTP/9.9", kOtherVersion),
           line("Major0", "GET / HTTP/0.9", kOtherVersion),
           Refused{"PrefaceOfHttp2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", kOtherVersion},
           line("TwoDigitMinor", "GET / HTTP/1.10", kBadVersion),
           line("LeadingZero", "GET / HTTP/01.1", kBadVersion),
           line("LowerCase", "GET / http/1.1", kBadVersion),
           line("OtherProtocol", "GET / ICE/1.0", kBadVersion),
           line("LetterBefore", "GET / IHTTP/1.0", kBadVersion),
           line("NoDot", "GET / HTTP/11", kBadVersion),
           line("Comma", "GET / HTTP/1,1", kBadVersion),
           line("DigitOfAnotherScript", "GET / HTTP/1.\xf0\x9d\x9f\x99", kBadVersion),
           Refused{"Http09", "GET /\r\n\r\n", kBadLine}),
    nameOf);

// Rows 2 and 3: what stands in a target, and which forms there are.
INSTANTIATE_TEST_SUITE_P(
    Target, HTTPRequestRefusedTest,
    Values(line("Byte80", "GET /\x80 HTTP/1.1", kBadTargetByte),
           line("ByteB0", "GET /\xb0 HTTP/1.1", kBadTargetByte),
           line("ByteFF", "GET /\xff HTTP/1.1", kBadTargetByte),
           line("Fragment", "GET /a#b HTTP/1.1", kBadTargetByte),
           line("NoLeadingSlash", "GET a/b HTTP/1.1", kBadTarget),
           line("QueryOnly", "GET ?a HTTP/1.1", kBadTarget),
           line("HostOnly", "GET b:80 HTTP/1.1", kBadTarget),
           line("AsteriskAndMore", "OPTIONS *x HTTP/1.1", kBadTarget),
           line("AbsoluteWithoutHost", "GET http:/// HTTP/1.1", kBadTarget),
           line("AbsoluteWithoutScheme", "GET ://b/ HTTP/1.1", kBadTarget),
           line("AbsoluteWithBadScheme", "GET 1http://b/ HTTP/1.1", kBadTarget),
           line("AbsoluteWithBadPort", "GET http://b:99999/ HTTP/1.1", kBadTarget),
           line("SchemeWithoutAuthority", "GET mailto:a HTTP/1.1", kBadTarget),
           line("ConnectWithAPath", "CONNECT / HTTP/1.1", kBadConnect),
           line("ConnectWithoutPort", "CONNECT b HTTP/1.1", kBadConnect),
           line("ConnectWithEmptyPort", "CONNECT b: HTTP/1.1", kBadConnect),
           line("ConnectWithPort0", "CONNECT b:00 HTTP/1.1", kBadConnect),
           line("ConnectWithAnAddressOnly", "CONNECT [::1] HTTP/1.1", kBadConnect),
           line("ConnectWithAURL", "CONNECT http://b:1/ HTTP/1.1", kBadConnect)),
    nameOf);

// Row 5: leading empty lines.
INSTANTIATE_TEST_SUITE_P(EmptyLines, HTTPRequestRefusedTest,
                         Values(Refused{"Two", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
                                        "400: More than one empty line is before the request."},
                                Refused{"BareLF", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", kBareLF}),
                         nameOf);

// Row 6: Host.

Refused host(std::string name, const std::string& lines, std::string why,
             const std::string& version = "1.1") {
  return {std::move(name), "GET / HTTP/" + version + "\r\n" + lines + "\r\n", std::move(why)};
}

INSTANTIATE_TEST_SUITE_P(
    Host, HTTPRequestRefusedTest,
    Values(
        host("Missing", "A: b\r\n", kNoHost), host("NoFieldsAtAll", "", kNoHost),
        host("Two", "Host: a\r\nHost: b\r\n", kManyHosts),
        host("TwoOfOneName", "Host: a\r\nhost: a\r\n", kManyHosts),
        host("TwoOnHttp10", "Host: a\r\nHost: b\r\n", kManyHosts, "1.0"),
        host("Empty", "Host:\r\n", kBadHost), host("Blank", "Host: \t \r\n", kBadHost),
        host("WithASpace", "Host: a b\r\n", kBadHost), host("List", "Host: a,b c\r\n", kBadHost),
        host("WithAUser", "Host: u@a\r\n", kBadHost), host("WithAPath", "Host: a/b\r\n", kBadHost),
        host("URL", "Host: http://a\r\n", kBadHost), host("Markup", "Host: <script>\r\n", kBadHost),
        host("Backslash", "Host: a\\b\r\n", kBadHost), host("Quote", "Host: \"a\"\r\n", kBadHost),
        host("EightBits", "Host: \xc3\xa4\r\n", kBadHost),
        host("PortOnly", "Host: :80\r\n", kBadHost),
        host("PortWithLetters", "Host: a:8o\r\n", kBadHost),
        host("PortTooLarge", "Host: a:65536\r\n", kBadHost),
        host("PortWithSign", "Host: a:+80\r\n", kBadHost),
        host("TwoPorts", "Host: a:1:2\r\n", kBadHost),
        host("BadEscape", "Host: a%4g\r\n", kBadHost), host("CutEscape", "Host: a%4\r\n", kBadHost),
        host("OpenBracket", "Host: [::1\r\n", kBadHost),
        host("BehindBracket", "Host: [::1]x\r\n", kBadHost),
        host("BareZone", "Host: [fe80::1%eth0]\r\n", kBadHost),
        host("EmptyZone", "Host: [fe80::1%25]\r\n", kBadHost),
        host("BareIPv6", "Host: ::1\r\n", kBadHost),
        host("EmptyBrackets", "Host: []\r\n", kBadHost),
        host("NameInBrackets", "Host: [a.b]\r\n", kBadHost),
        host("BadOnHttp10", "Host: a b\r\n", kBadHost, "1.0")),
    nameOf);

// Rows 7 to 11: the lines of a head.

Refused field(std::string name, const std::string& fieldLine, std::string why) {
  return {std::move(name), "GET / HTTP/1.1\r\nHost: a\r\n" + fieldLine + "\r\n\r\n",
          std::move(why)};
}

INSTANTIATE_TEST_SUITE_P(
    LineEnd, HTTPRequestRefusedTest,
    Values(Refused{"BareLFEverywhere", "GET / HTTP/1.1\nHost: a\n\n", kBareLF},
           Refused{"BareLFBehindTheRequestLine", "GET / HTTP/1.1\nHost: a\r\n\r\n", kBareLF},
           Refused{"BareLFBehindAField", "GET / HTTP/1.1\r\nHost: a\n\r\n", kBareLF},
           Refused{"BareLFAtTheEnd", "GET / HTTP/1.1\r\nHost: a\r\n\n", kBareLF},
           Refused{"BareCRBehindTheRequestLine", "GET / HTTP/1.1\rHost: a\r\n\r\n", kBareCR},
           Refused{"BareCRAtTheEnd", "GET / HTTP/1.1\r\nHost: a\r\n\rx", kBareCR},
           Refused{"TwoCRs", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", kBareCR},
           // #12754: taken for a space, what follows is a field to others.
           field("BareLFInAValue", "Foo: x\nContent-Length: 44", kBareLF),
           field("BareCRInAValue", "Foo: x\rContent-Length: 44", kBareCR),
           field("BareCRBeforeALineEnd", "Foo: x\r", kBareCR)),
    nameOf);

INSTANTIATE_TEST_SUITE_P(
    HeaderLine, HTTPRequestRefusedTest,
    Values(field("SpaceBeforeColon", "Foo : b", kSpace),
           field("TabBeforeColon", "Foo\t: b", kSpace),
           // #9646.
           field("SpaceBehindContentLength", "Content-Length : 3", kSpace),
           field("EmptyName", ": b", kBadName), field("EmptyNameAndValue", ":", kBadName),
           field("EmptyNameBaz", ":baz", kBadName), field("NoColon", "Foo", kNoColon),
           field("NoColonButWords", "Foo bar", kBadName),
           field("NameWithSpace", "A space: b", kBadName),
           field("NameWithParenthesis", "head(er: b", kBadName),
           field("NameWithBrace", "head{er: b", kBadName),
           field("NameWithSlash", "a/b: c", kBadName), field("NameWithQuote", "\"a\": c", kBadName),
           field("NameWithEquals", "a=b: c", kBadName),
           field("NameWith8Bits",
                 "\xc3\xbf"
                 "foo: b",
                 kBadName),
           field("NameWithNul", std::string("fo\0o: b", 7), kControl),
           field("NameWithControl", "Fo\x01o: b", kControl),
           field("NulInValue", std::string("X: a\0b", 6), kControl),  // #12228
           field("ControlInValue", "X: a\x01", kControl),
           field("EscapeInValue", "X: \x1b[1m", kControl),
           field("DeleteInValue", "X: a\x7f", kControl),
           field("VerticalTabInValue", "X: a\x0b", kControl),
           field("FormFeedInValue", "X: \x0c", kControl)),
    nameOf);

INSTANTIATE_TEST_SUITE_P(
    Fold, HTTPRequestRefusedTest,
    Values(field("Space", "X: a\r\n b", kFold), field("Tab", "X: a\r\n\tb", kFold),
           Refused{"AsFirstLine", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", kFold},
           field("OfContentLength", "Content-Length: 1\r\n 0", kFold),
           field("OfTransferEncoding", "Transfer-Encoding:\r\n chunked", kFold),
           field("Blank", "X: a\r\n ", kFold)),
    nameOf);

// Rows 12 to 14: Content-Length.
INSTANTIATE_TEST_SUITE_P(
    ContentLength, HTTPRequestRefusedTest,
    Values(field("Plus", "Content-Length: +3", kBadLength),  // CVE-2022-24801
           field("Minus", "Content-Length: -3", kBadLength),
           field("Hexadecimal", "Content-Length: 0x3", kBadLength),
           field("Fraction", "Content-Length: 3.0", kBadLength),
           field("SpaceInside", "Content-Length: 3 3", kBadLength),
           field("Underscore", "Content-Length: 1_0", kBadLength),
           field("Empty", "Content-Length:", kBadLength),
           field("Blank", "Content-Length: \t", kBadLength),
           field("Letters", "Content-Length: 5abc", kBadLength),
           field("List", "Content-Length: 3,3", kManyLengths),
           field("ListWithASpace", "Content-Length: 3, 3", kManyLengths),
           field("ListThatDiffers", "Content-Length: 3, 4", kManyLengths),
           field("ListWithAnEmptyElement", "Content-Length: 3,", kManyLengths),
           field("VerticalTab", "Content-Length: 3\x0b", kControl),
           field("FormFeed", "Content-Length: 3\x0c", kControl),
           field("DigitOfAnotherScript", "Content-Length: \xd9\xa1", kBadLength),
           field("Twice", "Content-Length: 3\r\nContent-Length: 3", kManyLengths),
           // CVE-2020-10108: the second one wins, and the body is a request.
           field("TwiceAndDifferent", "Content-Length: 3\r\nContent-Length: 0", kManyLengths),
           field("TwiceInOtherLetters", "Content-Length: 1\r\ncontent-LENGTH: 2", kManyLengths),
           field("Past63Bits", "Content-Length: 9223372036854775808", kLengthTooLarge),
           field("Past64Bits", "Content-Length: 18446744073709551616", kLengthTooLarge),
           field("WrapsToSmall", "Content-Length: 18446744073709551619", kLengthTooLarge),
           field("FiveThousandDigits", "Content-Length: " + std::string(5000, '9'),
                 kLengthTooLarge)),
    nameOf);

// Rows 15 to 17: Transfer-Encoding.
INSTANTIATE_TEST_SUITE_P(
    TransferEncoding, HTTPRequestRefusedTest,
    Values(  // CVE-2020-10109
        field("AndContentLength", "Transfer-Encoding: chunked\r\nContent-Length: 1",
              kLengthAndCoding),
        field("BehindContentLength", "Content-Length: 1\r\nTransfer-Encoding: chunked",
              kLengthAndCoding),
        field("IdentityAndContentLength", "Transfer-Encoding: identity\r\nContent-Length: 1",
              kLengthAndCoding),
        field("TwoLines", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", kBadCoding),
        field("TwiceInOneLine", "Transfer-Encoding: chunked, chunked", kBadCoding),
        field("UnknownThenChunked", "Transfer-Encoding: gzip, chunked", kUnknownCoding),
        field("ChunkedThenIdentity", "Transfer-Encoding: chunked, identity", kBadCoding),
        field("ChunkedThenUnknown", "Transfer-Encoding: chunked, not", kBadCoding),
        field("Unknown", "Transfer-Encoding: xchunked", kBadCoding),
        field("ChunkedChunked", "Transfer-Encoding: chunkedchunked", kBadCoding),
        field("Quoted", "Transfer-Encoding: \"chunked\"", kBadCoding),
        field("Empty", "Transfer-Encoding:", kBadCoding),
        field("EmptyThrice",
              "Transfer-Encoding:\r\nTransfer-Encoding:\r\nTransfer-Encoding:", kBadCoding),
        field("Identity", "Transfer-Encoding: identity", kBadCoding),
        field("IdentityAndChunked", "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
              kBadCoding),
        field("ChunkedAndComma", "Transfer-Encoding: chunked,", kBadCoding),
        field("CommaAndChunked", "Transfer-Encoding: ,chunked", kBadCoding),
        field("WithParameter", "Transfer-Encoding: chunked;a=b", kBadCoding),
        field("VerticalTab",
              "Transfer-Encoding: \x0b"
              "chunked",
              kControl),
        field("FormFeed", "Transfer-Encoding: chunked\x0c", kControl),
        Refused{"OnHttp10", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                kCodingOn10}),
    nameOf);

// Rows 18 to 22: chunks.

const std::string kChunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
const std::string kChunkedHead =
    "head POST / host=a chunked [Host: a] [Transfer-Encoding: chunked]";

Refused chunk(std::string name, const std::string& body, std::string why,
              std::vector<std::string> before = {kChunkedHead}) {
  return {std::move(name), kChunked + body, std::move(why), std::move(before)};
}

INSTANTIATE_TEST_SUITE_P(
    ChunkSize, HTTPRequestRefusedTest,
    Values(chunk("Hexadecimal", "0x3\r\nabc\r\n0\r\n\r\n", kBadSize),  // CVE-2022-24801
           chunk("Plus", "+3\r\nabc\r\n0\r\n\r\n", kBadSize),
           chunk("Minus", "-3\r\nabc\r\n0\r\n\r\n", kBadSize),
           chunk("SpaceBefore", " 3\r\nabc\r\n0\r\n\r\n", kBadSize),
           chunk("SpaceBehind", "3 \r\nabc\r\n0\r\n\r\n", kBadSize),
           chunk("TabBehind", "3\t\r\nabc\r\n0\r\n\r\n", kBadSize),
           chunk("SpaceBeforeExtension", "3 ;a\r\nabc\r\n0\r\n\r\n", kBadSize),
           chunk("Underscore", "1_0\r\nabc\r\n0\r\n\r\n", kBadSize),
           chunk("Empty", "\r\nabc\r\n0\r\n\r\n", kBadSize),
           chunk("ExtensionOnly", ";a\r\nabc\r\n0\r\n\r\n", kBadSize),
           chunk("WordsBehind", "2 erfrferferf\r\naa\r\n", kBadSize),
           chunk("NoDigit", "g\r\n", kBadSize),
           chunk("SeventeenDigits", "00000000000000003\r\nabc\r\n0\r\n\r\n", kChunkTooLarge),
           chunk("Past64Bits", "10000000000000003\r\nabc\r\n0\r\n\r\n", kChunkTooLarge),
           chunk("Past63Bits", "8000000000000000\r\n", kChunkTooLarge),
           chunk("AllOnes", "ffffffffffffffff\r\n", kChunkTooLarge)),
    nameOf);

INSTANTIATE_TEST_SUITE_P(
    ChunkLine, HTTPRequestRefusedTest,
    Values(chunk("BareLF", "3\nabc\r\n0\r\n\r\n", kBadSize),
           chunk("BareCR", "3\rabc\r\n0\r\n\r\n", kBadSize),
           chunk("BareLFBehindLast", "0\n\r\n", kBadSize),
           chunk("ExtensionWithBareLF", "3;a\nabc\r\n0\r\n\r\n", kBadSize),  // CVE-2022-24801
           chunk("ExtensionWithControl", "3;a\x01\r\nabc\r\n0\r\n\r\n", kBadSize),
           chunk("ExtensionWithDelete", "3;a\x7f\r\nabc\r\n0\r\n\r\n", kBadSize),
           chunk("ExtensionWithNul", std::string("3;a\0\r\nabc\r\n0\r\n\r\n", 16), kBadSize),
           chunk("ExtensionWithBackslash", "3;a=\"\\\"\"\r\nabc\r\n0\r\n\r\n", kBadSize)),
    nameOf);

INSTANTIATE_TEST_SUITE_P(
    ChunkEnd, HTTPRequestRefusedTest,
    Values(chunk("Missing", "3\r\nabc0\r\n\r\n", kBadChunkEnd, {kChunkedHead, "body abc"}),
           chunk("BareLF", "3\r\nabc\n0\r\n\r\n", kBadChunkEnd, {kChunkedHead, "body abc"}),
           chunk("BareCR", "3\r\nabc\r0\r\n\r\n", kBadChunkEnd, {kChunkedHead, "body abc"}),
           chunk("DataTooLong", "3\r\nabcd\r\n0\r\n\r\n", kBadChunkEnd, {kChunkedHead, "body abc"}),
           // bun #29732: the two bytes behind the last chunk.
           chunk("BehindLast", "0\r\nxx\r\n", kNoColon),
           chunk("BareLFBehindLastLine", "0\r\n\n", kBareLF),
           chunk("BareCRBehindLastLine", "0\r\n\rx", kBareCR)),
    nameOf);

INSTANTIATE_TEST_SUITE_P(Trailers, HTTPRequestRefusedTest,
                         Values(chunk("NoColon", "0\r\nfoo\r\n\r\n", kNoColon),
                                chunk("BadName", "0\r\nf(: a\r\n\r\n", kBadName),
                                chunk("SpaceBeforeColon", "0\r\na : b\r\n\r\n", kSpace),
                                chunk("Fold", "0\r\na: b\r\n c\r\n\r\n", kFold),
                                chunk("BareLF", "0\r\na: b\n\r\n", kBareLF),
                                chunk("Nul", std::string("0\r\na: \0\r\n\r\n", 11), kControl),
                                chunk("ARequest", "0\r\nGET /smuggled HTTP/1.1\r\n\r\n", kBadName)),
                         nameOf);

INSTANTIATE_TEST_SUITE_P(
    BodySize, HTTPRequestRefusedTest,
    Values(Refused{"LengthPastTheLimit",
                   "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n",
                   kBodyTooLarge,
                   {"head POST / host=a length=1048577 [Host: a] [Content-Length: 1048577]"}},
           Refused{"LargestLength",
                   "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775807\r\n\r\n",
                   kBodyTooLarge,
                   {"head POST / host=a length=9223372036854775807 [Host: a] "
                    "[Content-Length: 9223372036854775807]"}},
           chunk("ChunkPastTheLimit", "100001\r\n", kBodyTooLarge),
           chunk("LargestChunk", "7fffffffffffffff\r\n", kBodyTooLarge),
           chunk("ChunksPastTheLimit", "3\r\nabc\r\nffffe\r\n", kBodyTooLarge,
                 {kChunkedHead, "body abc"})),
    nameOf);

TEST(HTTPRequestRefusedTest, WhatCameBeforeIsStillTold) {
  EXPECT_THAT(hearRequests({"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/3.0\r\n\r\n"}),
              ElementsAre("head GET / host=a [Host: a]", "end",
                          "refused 505: Only HTTP/1.1 and HTTP/1.0 are spoken here."));
}

TEST(HTTPRequestRefusedTest, NothingIsTakenAfterwards) {
  RequestListener listener;
  listener.receive("\n");
  listener.receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(listener.heard, ElementsAre("refused " + std::string(kBareLF)));
  EXPECT_EQ(listener.left, "");
  EXPECT_EQ(listener.parser.refused()->status, 400);
  EXPECT_EQ(listener.parser.inputEnded(), HTTPEvent::kRefused);
}

TEST(HTTPRequestRefusedTest, BecomesAnErrorWithItsStatus) {
  RequestListener listener;
  listener.receive("GET / HTTP/3.0\r\n");
  const RemoteProtocolError error(*listener.parser.refused());
  EXPECT_EQ(error.status(), 505);
  EXPECT_STREQ(error.what(), "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
}

// It is refused at the first line that shows it, not at the end of the head.
TEST(HTTPRequestRefusedTest, DoesNotWaitForTheRestOfTheHead) {
  for (const std::string start :
       {"G T / HTTP/1.1\r\n", "GET / HTTP/1.1\n", "GET / HTTP/1.1\r\nFoo\r\n",
        "GET / HTTP/1.1\r\nX: \x01", "\x16\x03\x03\x01"}) {
    EXPECT_EQ(hearRequests({start}).size(), 1u) << start;
  }
}

}  // namespace
}  // namespace couplet
