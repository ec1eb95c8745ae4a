// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The agreement on permessage-deflate: tables of offers and answers. RFC 7692, 5 and 7.1.
#include <couplet/protocols/websocket/detail/permessage_deflate.h>

#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include <couplet/protocols/http/response.h>
#include <couplet/protocols/websocket/errors.h>

namespace couplet {
namespace {

using detail::answerDeflateOffers;
using detail::deflateOffer;
using detail::DeflateParameters;
using detail::readDeflateAnswer;
using ::testing::Field;
using ::testing::Optional;
using ::testing::StartsWith;
using ::testing::TestWithParam;
using ::testing::ValuesIn;

constexpr char kField[] = "Sec-WebSocket-Extensions";

/// What a server wants that keeps as little as it can.
const WebSocketCompression kSmall{.serverContextTakeover = false,
                                  .clientContextTakeover = false,
                                  .serverMaxWindowBits = 10,
                                  .clientMaxWindowBits = 9};

std::string answerTo(const std::string& offers, const WebSocketCompression& wanted = {}) {
  const auto answer = answerDeflateOffers({{kField, offers}}, wanted);
  return answer ? answer->header : "declined";
}

DeflateParameters agreedOn(const std::string& offers, const WebSocketCompression& wanted = {}) {
  return answerDeflateOffers({{kField, offers}}, wanted).value().parameters;
}

// What a server answers.

struct OfferCase {
  std::string offers;
  std::string answer;       // with the defaults
  std::string smallAnswer;  // with kSmall
};

void PrintTo(const OfferCase& offer, std::ostream* out) { *out << offer.offers; }

const OfferCase kOffers[] = {
    {"permessage-deflate", "permessage-deflate",
     "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
     "server_max_window_bits=10"},
    {"permessage-deflate; client_max_window_bits", "permessage-deflate",
     "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
     "server_max_window_bits=10; client_max_window_bits=9"},
    {"permessage-deflate; client_max_window_bits=12",
     "permessage-deflate; client_max_window_bits=12",
     "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
     "server_max_window_bits=10; client_max_window_bits=9"},
    {"permessage-deflate; client_max_window_bits=15",
     "permessage-deflate; client_max_window_bits=15",
     "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
     "server_max_window_bits=10; client_max_window_bits=9"},
    {"permessage-deflate; client_max_window_bits=8; server_max_window_bits=8",
     "permessage-deflate; server_max_window_bits=8; client_max_window_bits=8",
     "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
     "server_max_window_bits=8; client_max_window_bits=8"},
    {"permessage-deflate; server_max_window_bits=15",
     "permessage-deflate; server_max_window_bits=15",
     "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
     "server_max_window_bits=10"},
    {"permessage-deflate; server_no_context_takeover",
     "permessage-deflate; server_no_context_takeover",
     "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
     "server_max_window_bits=10"},
    {"permessage-deflate; client_no_context_takeover",
     "permessage-deflate; client_no_context_takeover",
     "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
     "server_max_window_bits=10"},
};

class DeflateOfferTest : public TestWithParam<OfferCase> {};

TEST_P(DeflateOfferTest, IsAnswered) {
  EXPECT_EQ(answerTo(GetParam().offers), GetParam().answer);
  EXPECT_EQ(answerTo(GetParam().offers, kSmall), GetParam().smallAnswer);
}

INSTANTIATE_TEST_SUITE_P(All, DeflateOfferTest, ValuesIn(kOffers));

TEST(DeflateOffersTest, WhatIsAgreedIsWhatTheAnswerSays) {
  EXPECT_EQ(agreedOn("permessage-deflate"), DeflateParameters());
  EXPECT_EQ(agreedOn("permessage-deflate; client_max_window_bits", kSmall),
            (DeflateParameters{false, false, 10, 9}));
  EXPECT_EQ(agreedOn("permessage-deflate; server_no_context_takeover; server_max_window_bits=9"),
            (DeflateParameters{.serverKeepsContext = false, .serverMaxWindowBits = 9}));
  EXPECT_EQ(agreedOn("permessage-deflate; client_no_context_takeover; client_max_window_bits=11"),
            (DeflateParameters{.clientKeepsContext = false, .clientMaxWindowBits = 11}));
}

TEST(DeflateOffersTest, AClientThatDoesNotOfferItKeepsItsWindow) {
  EXPECT_EQ(agreedOn("permessage-deflate", kSmall).clientMaxWindowBits, 15);
}

TEST(DeflateOffersTest, NoneIsNoError) {
  EXPECT_EQ(answerDeflateOffers({}, {}), std::nullopt);
  EXPECT_EQ(answerTo(""), "declined");
  EXPECT_EQ(answerTo(", ,"), "declined");
}

TEST(DeflateOffersTest, TheFirstThatIsUnderstoodIsTaken) {
  EXPECT_EQ(answerTo("x-webkit-deflate-frame, permessage-deflate; mode=2, "
                     "permessage-deflate; server_max_window_bits=12, permessage-deflate"),
            "permessage-deflate; server_max_window_bits=12");
}

TEST(DeflateOffersTest, AreReadOfAllLines) {
  const Headers headers{
      {kField, "permessage-bzip2; client_max_window_bits"},
      {"Host", "a"},
      {"sec-websocket-extensions", "permessage-deflate;server_max_window_bits=9"}};
  EXPECT_THAT(answerDeflateOffers(headers, {}),
              Optional(Field(&detail::DeflateAnswer::header,
                             "permessage-deflate; server_max_window_bits=9")));
}

TEST(DeflateOffersTest, MayHaveBlanksAndQuotes) {
  EXPECT_EQ(answerTo(", permessage-deflate\t ;  server_max_window_bits = \"1\\2\" ; "
                     "client_no_context_takeover ,"),
            "permessage-deflate; client_no_context_takeover; server_max_window_bits=12");
  EXPECT_EQ(answerTo("foo; bar=\"baz\", permessage-deflate"), "permessage-deflate");
}

/// Parameters that are no reason for a 400, but cannot be agreed to; and those of an answer.
const std::string kNotUnderstood[] = {
    "permessage-deflate; server_max_window_bits",
    "permessage-deflate; server_max_window_bits=7",
    "permessage-deflate; server_max_window_bits=16",
    "permessage-deflate; server_max_window_bits=08",
    "permessage-deflate; server_max_window_bits=010",
    "permessage-deflate; server_max_window_bits=100",
    "permessage-deflate; server_max_window_bits=1",
    "permessage-deflate; server_max_window_bits=0x9",
    "permessage-deflate; server_max_window_bits=+9",
    "permessage-deflate; server_max_window_bits=-9",
    "permessage-deflate; server_max_window_bits=99999999999999999999",
    "permessage-deflate; client_max_window_bits=7",
    "permessage-deflate; client_max_window_bits=16",
    "permessage-deflate; client_max_window_bits=09",
    "permessage-deflate; server_no_context_takeover=1",
    "permessage-deflate; client_no_context_takeover=true",
    "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
    "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
    "permessage-deflate; server_max_window_bits=9; server_max_window_bits=9",
    "permessage-deflate; client_max_window_bits=9; client_max_window_bits=9",
    "permessage-deflate; client_max_window_bits; client_max_window_bits",
    "permessage-deflate; client_max_window_bits; client_max_window_bits=9",
    "permessage-deflate; Server_No_Context_Takeover",
    "permessage-deflate; unknown",
    "permessage-deflate; unknown=1",
};

const std::string kMalformed[] = {
    "permessage-deflate;",
    "permessage-deflate; ;client_max_window_bits",
    "; client_max_window_bits",
    "permessage-deflate client_max_window_bits",
    "permessage-deflate; client_max_window_bits=",
    "permessage-deflate; =9",
    "permessage-deflate; client_max_window_bits==9",
    "permessage-deflate; client_max_window_bits=9 9",
    "permessage-deflate; client_max_window_bits=\"9",
    "permessage-deflate; client_max_window_bits=\"9\\",
    "permessage-deflate; client_max_window_bits=\"\"",
    "permessage-deflate; client_max_window_bits=\"9 \"",
    "permessage-deflate; client_max_window_bits=\"9\"9",
    "\"permessage-deflate\"",
    "permessage/deflate",
    "foo; bar=\"b z\", permessage-deflate",
    "permessage-deflate, foo;",
};

class DeflateNotUnderstoodTest : public TestWithParam<std::string> {};

TEST_P(DeflateNotUnderstoodTest, IsPassedByAsAnOffer) {
  EXPECT_EQ(answerTo(GetParam()), "declined");
  EXPECT_EQ(answerTo(GetParam() + ", permessage-deflate"), "permessage-deflate");
}

TEST_P(DeflateNotUnderstoodTest, IsAnErrorAsAnAnswer) {
  EXPECT_THROW(readDeflateAnswer({{kField, GetParam()}}, WebSocketCompression()),
               WebSocketHandshakeError);
}

INSTANTIATE_TEST_SUITE_P(All, DeflateNotUnderstoodTest, ValuesIn(kNotUnderstood));

class DeflateMalformedTest : public TestWithParam<std::string> {};

TEST_P(DeflateMalformedTest, IsABadRequest) {
  try {
    answerTo(GetParam());
    FAIL() << "taken";
  } catch (const HTTPError& error) {
    EXPECT_EQ(error.status(), 400);
  }
}

TEST_P(DeflateMalformedTest, IsAnErrorAsAnAnswer) {
  EXPECT_THROW(readDeflateAnswer({{kField, GetParam()}}, WebSocketCompression()),
               WebSocketHandshakeError);
}

INSTANTIATE_TEST_SUITE_P(All, DeflateMalformedTest, ValuesIn(kMalformed));

TEST(DeflateOffersTest, ALongListIsReadInOneGo) {
  std::string offers;
  for (int i = 0; i < 20000; ++i) offers += "a;b=\"\\c\",permessage-deflate;x=\"y\",";
  EXPECT_EQ(answerTo(offers + "permessage-deflate"), "permessage-deflate");
}

// What a client offers, and reads.

TEST(DeflateAnswerTest, AClientOffersWhatItKeepsAndWishes) {
  EXPECT_EQ(deflateOffer({}), "permessage-deflate; client_max_window_bits");
  EXPECT_EQ(deflateOffer({.clientContextTakeover = false, .clientMaxWindowBits = 9}),
            "permessage-deflate; client_no_context_takeover; client_max_window_bits=9");
}

TEST(DeflateAnswerTest, WhatAClientWishesIsOfferedWithoutToo) {
  EXPECT_EQ(deflateOffer(kSmall),
            "permessage-deflate; server_no_context_takeover; server_max_window_bits=10; "
            "client_no_context_takeover; client_max_window_bits=9, "
            "permessage-deflate; client_no_context_takeover; client_max_window_bits=9");
}

struct AnswerCase {
  std::string answer;
  DeflateParameters agreed;       // after the default offer
  DeflateParameters smallAgreed;  // after that of kSmall
};

void PrintTo(const AnswerCase& answer, std::ostream* out) { *out << answer.answer; }

const AnswerCase kAnswers[] = {
    {"permessage-deflate", {}, {true, false, 15, 9}},
    {"permessage-deflate; server_no_context_takeover",
     {.serverKeepsContext = false},
     {false, false, 15, 9}},
    {"permessage-deflate; client_no_context_takeover",
     {.clientKeepsContext = false},
     {true, false, 15, 9}},
    {"permessage-deflate; server_max_window_bits=10",
     {.serverMaxWindowBits = 10},
     {true, false, 10, 9}},
    {"permessage-deflate; server_max_window_bits=\"12\"",
     {.serverMaxWindowBits = 12},
     {true, false, 12, 9}},
    {"permessage-deflate; client_max_window_bits=8",
     {.clientMaxWindowBits = 8},
     {true, false, 15, 8}},
};

class DeflateAnswerCaseTest : public TestWithParam<AnswerCase> {};

TEST_P(DeflateAnswerCaseTest, IsAgreedTo) {
  const Headers headers{{kField, GetParam().answer}};
  EXPECT_THAT(readDeflateAnswer(headers, WebSocketCompression()), Optional(GetParam().agreed));
  EXPECT_THAT(readDeflateAnswer(headers, kSmall), Optional(GetParam().smallAgreed));
}

INSTANTIATE_TEST_SUITE_P(All, DeflateAnswerCaseTest, ValuesIn(kAnswers));

TEST(DeflateAnswerTest, NoneIsNoCompression) {
  EXPECT_EQ(readDeflateAnswer({}, WebSocketCompression()), std::nullopt);
  EXPECT_EQ(readDeflateAnswer({}, std::nullopt), std::nullopt);
  EXPECT_EQ(readDeflateAnswer({{kField, ""}}, std::nullopt), std::nullopt);
}

/// What is wrong with an answer; "" for nothing.
std::string wrongWith(const Headers& answer, const std::optional<WebSocketCompression>& offered) {
  try {
    readDeflateAnswer(answer, offered);
    return "";
  } catch (const WebSocketHandshakeError& error) {
    return error.what();
  }
}

TEST(DeflateAnswerTest, SaysWhatIsWrong) {
  EXPECT_EQ(wrongWith({{kField, "permessage-deflate"}}, std::nullopt),
            "the server agreed to permessage-deflate, which was not offered");
  EXPECT_EQ(wrongWith({{kField, "permessage-bzip2"}}, WebSocketCompression()),
            "the server agreed to an extension that was not offered");
  EXPECT_EQ(wrongWith({{kField, "permessage-deflate, permessage-deflate"}}, WebSocketCompression()),
            "the server agreed to permessage-deflate twice");
  EXPECT_EQ(wrongWith({{kField, "permessage-deflate"}, {kField, "permessage-deflate"}},
                      WebSocketCompression()),
            "the server agreed to permessage-deflate twice");
  EXPECT_EQ(
      wrongWith({{kField, "permessage-deflate; client_max_window_bits"}}, WebSocketCompression()),
      "the server's client_max_window_bits has no value");
  EXPECT_EQ(wrongWith({{kField, "permessage-deflate; client_max_window_bits=10"}}, kSmall),
            "the server's client_max_window_bits is larger than was offered");
}

TEST(DeflateAnswerTest, EachSideUnderstandsTheOther) {
  for (const WebSocketCompression& client : {WebSocketCompression(), kSmall}) {
    for (const WebSocketCompression& server : {WebSocketCompression(), kSmall}) {
      const auto answer = answerDeflateOffers({{kField, deflateOffer(client)}}, server).value();
      EXPECT_THAT(readDeflateAnswer({{kField, answer.header}}, client),
                  Optional(answer.parameters));
    }
  }
}

// What users ask for.

TEST(RequireCompressionTest, NamesTheNumberThatIsOutOfBounds) {
  detail::requireCompression({});
  detail::requireCompression(kSmall);
  const auto wrong = [](const WebSocketCompression& wanted) -> std::string {
    try {
      detail::requireCompression(wanted);
      return "";
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
  };
  EXPECT_EQ(wrong({.serverMaxWindowBits = 7}),
            "WebSocketCompression: serverMaxWindowBits is from 8 to 15");
  EXPECT_THAT(wrong({.clientMaxWindowBits = 16}),
              StartsWith("WebSocketCompression: clientMaxWindowBits"));
  EXPECT_EQ(wrong({.level = 10}), "WebSocketCompression: level is from 0 to 9");
  EXPECT_EQ(wrong({.memoryLevel = 0}), "WebSocketCompression: memoryLevel is from 1 to 9");
}

}  // namespace
}  // namespace couplet
