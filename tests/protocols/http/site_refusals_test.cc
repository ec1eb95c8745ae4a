// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a Site must refuse: with a response that says why, and by closing the connection, without
// asking any handler, also for what comes behind. request_refused_test.cc has more of each kind,
// and the reasons.
#include "site_fixture.h"

#include <string>

#include <gmock/gmock.h>

namespace couplet {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::Values;

struct Refused {
  std::string name;
  std::string bytes;
  int status = 400;
};

class SiteRefusalTest : public SiteTest, public ::testing::WithParamInterface<Refused> {
 protected:
  SiteRefusalTest() {
    for (const char* method : {"GET", "POST", "OPTIONS"}) {
      router.add(method, "/*all", [this](Request&) {
        ++asked;
        return Response(200);
      });
    }
    serve();
  }

  int asked = 0;
};

TEST_P(SiteRefusalTest, IsAnsweredClosedAndNeverHandled) {
  const std::string answer = send(GetParam().bytes + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + std::to_string(GetParam().status) + " "));
  EXPECT_THAT(answer, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_EQ(answer.find("\r\n\r\n"), answer.rfind("\r\n\r\n"));
  EXPECT_FALSE(client->connected());
  EXPECT_EQ(asked, 0);
}

std::string nameOf(const ::testing::TestParamInfo<Refused>& refused) { return refused.param.name; }

Refused line(std::string name, const std::string& requestLine, int status = 400) {
  return {std::move(name), requestLine + "\r\nHost: a\r\n\r\n", status};
}

Refused fields(std::string name, const std::string& lines, int status = 400) {
  return {std::move(name), "POST / HTTP/1.1\r\n" + lines + "\r\n\r\n", status};
}

Refused field(std::string name, const std::string& lines, int status = 400) {
  return fields(std::move(name), "Host: a\r\n" + lines, status);
}

Refused chunks(std::string name, const std::string& body, int status = 400) {
  return {std::move(name),
          "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body, status};
}

std::string many(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

INSTANTIATE_TEST_SUITE_P(
    ContentLength, SiteRefusalTest,
    Values(field("WithTransferEncoding", "Content-Length: 5\r\nTransfer-Encoding: chunked"),
           field("Differing", "Content-Length: 3\r\nContent-Length: 0"),
           field("Repeated", "Content-Length: 3\r\nContent-Length: 3"),
           field("List", "Content-Length: 3, 3"), field("WithASign", "Content-Length: +3"),
           field("Negative", "Content-Length: -3"), field("WithASpace", "Content-Length: 3 3"),
           field("Hexadecimal", "Content-Length: 0x3"), field("Underscore", "Content-Length: 1_0"),
           field("Empty", "Content-Length:"),
           field("Past63Bits", "Content-Length: 9223372036854775808"),
           field("Past64Bits", "Content-Length: 18446744073709551619")),
    nameOf);

INSTANTIATE_TEST_SUITE_P(
    Chunk, SiteRefusalTest,
    Values(chunks("SizeWithASign", "+3\r\nabc\r\n0\r\n\r\n"),
           chunks("SizeInC", "0x3\r\nabc\r\n0\r\n\r\n"),
           chunks("SizeWithASpace", "3 \r\nabc\r\n0\r\n\r\n"),
           chunks("EmptySize", "\r\nabc\r\n0\r\n\r\n"),
           chunks("SizeOf17Digits", "00000000000000003\r\nabc\r\n0\r\n\r\n"),
           chunks("DataWithoutLineEnd", "3\r\nabc0\r\n\r\n"),
           chunks("LastWithoutLineEnd", "0\r\nxx"), chunks("BareLF", "3\nabc\r\n0\r\n\r\n"),
           chunks("BareCR", "3\rabc\r\n0\r\n\r\n"), chunks("BadTrailer", "0\r\nno colon\r\n\r\n"),
           chunks("SmuggledInTrailers", "0\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")),
    nameOf);

INSTANTIATE_TEST_SUITE_P(Field, SiteRefusalTest,
                         Values(field("BareLF", "A: b\nC: d"), field("BareCR", "A: b\rC: d"),
                                field("Fold", "A: b\r\n c"), field("SpaceBeforeTheColon", "A : b"),
                                field("NoColon", "A"), field("EmptyName", ": b"),
                                field("NameThatIsNoToken", "A(: b"),
                                field("NulInAValue", std::string("A: b\0c", 6)),
                                field("ControlInAValue", "A: b\x01"),
                                field("DeleteInAValue", "A: b\x7f")),
                         nameOf);

INSTANTIATE_TEST_SUITE_P(Host, SiteRefusalTest,
                         Values(fields("Missing", "A: b"), fields("Repeated", "Host: a\r\nHost: a"),
                                fields("Empty", "Host:"), fields("Malformed", "Host: a b"),
                                fields("WithAUser", "Host: u@a")),
                         nameOf);

INSTANTIATE_TEST_SUITE_P(
    TransferEncoding, SiteRefusalTest,
    Values(field("Unknown", "Transfer-Encoding: xchunked"),
           field("UnknownBeforeChunked", "Transfer-Encoding: gzip, chunked", 501),
           field("ChunkedNotLast", "Transfer-Encoding: chunked, gzip"),
           field("Identity", "Transfer-Encoding: identity"),
           field("Twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
           Refused{"OnHTTP10", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}),
    nameOf);

INSTANTIATE_TEST_SUITE_P(
    RequestLine, SiteRefusalTest,
    Values(line("TargetByteB0", "GET /\xb0 HTTP/1.1"), line("TargetByte7F", "GET /\x7f HTTP/1.1"),
           line("TargetWithControl", "GET /\x01 HTTP/1.1"),
           line("TargetWithFragment", "GET /a#b HTTP/1.1"),
           line("TargetWithoutSlash", "GET a HTTP/1.1"), line("TwoSpaces", "GET  / HTTP/1.1"),
           line("MethodThatIsNoToken", "G(T / HTTP/1.1"), line("Version12", "GET / HTTP/1.2", 505),
           line("Version20", "GET / HTTP/2.0", 505), line("Version09", "GET / HTTP/0.9", 505),
           line("VersionInLowerCase", "GET / http/1.1"),
           Refused{"TwoEmptyLinesBefore", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
           Refused{"BareLFOnly", "GET / HTTP/1.1\nHost: a\n\n"}),
    nameOf);

INSTANTIATE_TEST_SUITE_P(
    TooLarge, SiteRefusalTest,
    Values(line("RequestLine", "GET /" + std::string(8192, 'a') + " HTTP/1.1", 414),
           field("Head", "A: " + std::string(16384, 'a'), 431),
           field("NumberOfFields", many("A: b\r\n", 100) + "A: b", 431),
           field("Body", "Content-Length: 1048577", 413),
           chunks("DecodedBody", "ffff0\r\n" + std::string(0xffff0, 'a') + "\r\n11\r\n", 413)),
    nameOf);

}  // namespace
}  // namespace couplet
