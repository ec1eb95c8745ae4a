// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// An Api by HTTP.
#include "api_fixture.h"

#include <string>

namespace couplet {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class ApiResourceTest : public ApiTest {
 protected:
  ApiResourceTest() {
    serve(
        Requests<Multiply, Divide, Holder<std::vector<std::string>>>(),
        [](const Multiply& m) { return Output{m.x * m.y}; },
        [](const Divide& m) {
          if (m.y == 0) throw DivideByZero();
          return Output{m.x / m.y};
        },
        [](const Holder<std::vector<std::string>>& all) { return all; });
  }

  static std::string output(std::string_view value) {
    return R"({"value":["crunch_api.Output",{"value":)" + std::string(value) + "},[]]}";
  }
  static auto isBad(std::string_view why) {
    return isResponse(400, R"({"value":["couplet.BadRequest",{"condition":"bad request",)"
                           R"("explanation":")" +
                               std::string(why) + R"(","error_code":0,"exit_code":172},[]]})");
  }
};

// Crunch 6, 7: The article's commands, and the shape of the answer.
TEST_F(ApiResourceTest, TheArticlesCommandsHaveTheArticlesAnswers) {
  EXPECT_THAT(get("/Multiply?x=1.5&y=2.25"), isResponse(200, output("3.375")));
  EXPECT_THAT(get("/Divide?x=2&y=3"), isResponse(200, output("0.6666666666666666")));
}

// Crunch 8: Members come in the query, with any method that allows them.
TEST_F(ApiResourceTest, MembersComeInTheQuery) {
  EXPECT_THAT(ask("POST", "/Multiply?x=1.5&y=2"), isResponse(200, output("3.0")));
  EXPECT_THAT(ask("HEAD", "/Multiply?x=1.5&y=2"), StartsWith("HTTP/1.1 200 OK"));
}

// Crunch 8: In a form.
TEST_F(ApiResourceTest, MembersComeInAForm) {
  const std::string_view form =
      "Content-Type: Application/X-WWW-Form-URLEncoded; charset=utf-8\r\n";
  EXPECT_THAT(ask("POST", "/Multiply", form, "x=1.5&y=2"), isResponse(200, output("3.0")));
  EXPECT_THAT(ask("POST", "/Multiply?x=1.5", form, "y=2"), isResponse(200, output("3.0")));
}

// Crunch 8: In JSON, wrapped and bare.
TEST_F(ApiResourceTest, MembersComeInJSON) {
  EXPECT_THAT(postJSON("/Multiply", R"({"value":{"x":1.5,"y":2.25}})"),
              isResponse(200, output("3.375")));
  EXPECT_THAT(postJSON("/Multiply", R"({"x":1.5,"y":2.25})"), isResponse(200, output("3.375")));
  EXPECT_THAT(ask("POST", "/Multiply", "Content-Type: application/json; charset=utf-8\r\n",
                  R"({"x":1.5,"y":2.25})"),
              isResponse(200, output("3.375")));
}

// Crunch 8: An integer is fine for a double.
TEST_F(ApiResourceTest, AnIntegerIsFineForADouble) {
  EXPECT_THAT(postJSON("/Multiply", R"({"x":6,"y":7})"), isResponse(200, output("42.0")));
  EXPECT_THAT(get("/Multiply?x=6&y=7"), isResponse(200, output("42.0")));
}

// Crunch 8: Percent- and plus-decoding; a slash inside of a query value is data.
TEST_F(ApiResourceTest, ValuesOfAQueryAreDecoded) {
  EXPECT_THAT(get("/Multiply?%78=1%2E5&y=%32"), isResponse(200, output("3.0")));
  EXPECT_THAT(get("/Holder?value=[%22a/b+c%22]"), HasSubstr(R"({"value":["a/b c"]})"));
}

// Crunch 1: A missing member keeps its default.
TEST_F(ApiResourceTest, AMissingMemberKeepsItsDefault) {
  EXPECT_THAT(get("/Divide?x=2"), isResponse(200, output("2.0")));
  EXPECT_THAT(postJSON("/Divide", "{}"), isResponse(200, output("0.0")));
}

TEST_F(ApiResourceTest, TheWholeNameIsANameToo) {
  EXPECT_THAT(get("/crunch_api.Multiply?x=2&y=3"), isResponse(200, output("6.0")));
}

// Crunch 10: Error texts name the request, the member and the value.
TEST_F(ApiResourceTest, ErrorsNameRequestMemberAndValue) {
  EXPECT_THAT(get("/Multiply?z=1"), isBad(R"(unknown member \"z\" in \"Multiply\")"));
  EXPECT_THAT(postJSON("/Multiply", R"({"z":1})"),
              isBad(R"(unknown member \"z\" in \"Multiply\")"));
  EXPECT_THAT(get("/Multiply?x=abc"),
              isBad(R"(\"abc\" is not a number for member \"x\" of \"Multiply\")"));
  EXPECT_THAT(postJSON("/Multiply", R"({"x":"abc"})"),
              isBad(R"(\"abc\" is not a number for member \"x\" of \"Multiply\")"));
}

// Crunch 9: Bad members and JSON are 400.
TEST_F(ApiResourceTest, WhatCannotBeReadIsABadRequest) {
  for (const char* target : {"/Multiply?x=1&x=2", "/Multiply?x=%zz", "/Multiply?x=nan",
                             "/Multiply?x=", "/Multiply?x=1e999"}) {
    EXPECT_THAT(get(target), HasSubstr(R"(["couplet.BadRequest",)")) << target;
  }
  for (const char* body : {"{", "[]", "5", R"({"x":1}x)", R"({"x":null})", R"({"x":1,"x":1})"}) {
    EXPECT_THAT(postJSON("/Multiply", body), HasSubstr(R"(["couplet.BadRequest",)")) << body;
  }
}

TEST_F(ApiResourceTest, MembersOfJSONAreAllInTheJSON) {
  EXPECT_THAT(postJSON("/Multiply?x=1", R"({"y":2})"),
              isBad(R"(members of \"Multiply\" both in the query and in JSON)"));
}

// Crunch 9: An unknown name is 404.
TEST_F(ApiResourceTest, AnUnknownNameIsNotFound) {
  for (const char* target :
       {"/Modulo", "/multiply", "/Multiply/", "/Multiply/x", "/api.Multiply"}) {
    EXPECT_THAT(get(target), StartsWith("HTTP/1.1 404 ")) << target;
  }
  EXPECT_THAT(get("/Modulo"),
              isFault(404, "couplet.UnknownRequest", R"(unknown request \"Modulo\")"));
}

// Crunch 9: A wrong method is 405, with Allow.
TEST_F(ApiResourceTest, AWrongMethodIsToldWhichAreRight) {
  const std::string answer = ask("DELETE", "/Multiply?x=1");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(answer, HasSubstr("\r\nAllow: GET, HEAD, POST, OPTIONS\r\n"));
  EXPECT_THAT(answer, HasSubstr(R"(["couplet.MethodNotAllowed",)"));
  EXPECT_THAT(ask("OPTIONS", "/Multiply"), HasSubstr("\r\nAllow: GET, HEAD, POST, OPTIONS\r\n"));
}

// Crunch 9: Too large is 413.
TEST_F(ApiResourceTest, TooLargeABodyIsRefused) {
  const std::string answer = send(
      "POST /Multiply HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
      "Content-Length: 9999999\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(answer, HasSubstr(R"(["couplet.TooLarge",)"));
}

// Crunch 9: A wrong content type is 415.
TEST_F(ApiResourceTest, ABodyOfAnotherTypeIsRefused) {
  EXPECT_THAT(ask("POST", "/Multiply", "Content-Type: text/plain\r\n", R"({"x":1})"),
              HasSubstr(R"(cannot read a body of \"text/plain\")"));
  EXPECT_THAT(ask("POST", "/Multiply", "", "x=1"), StartsWith("HTTP/1.1 415 "));
}

// Crunch 4, 9: A fault has its own status.
TEST_F(ApiResourceTest, DivisionByZeroIsAnsweredAndTheServerLives) {
  EXPECT_THAT(get("/Divide?y=0"), isFault(422, "crunch_api.DivideByZero", "cannot divide by zero"));
  EXPECT_THAT(get("/Divide?x=6"), isResponse(200, output("6.0")));
}

// Crunch 9: 503 comes with Retry-After.
TEST(ApiUnavailableTest, WhatMayComeBackSaysWhenToAskAgain) {
  class Test : public ApiTest {
   public:
    void TestBody() override {}
    std::string answer() {
      serve(Requests<Multiply>(), [](const Multiply&) -> Output {
        throw TemporarilyUnavailable({"a", "b"});
      });
      return get("/Multiply");
    }
  } test;
  const std::string answer = test.answer();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(answer, HasSubstr("\r\nRetry-After: 1\r\n"));
  EXPECT_THAT(answer, HasSubstr(R"("unavailable":["a","b"])"));
}

// Crunch 9: What the site itself finds wrong is a fault, too.
TEST_F(ApiResourceTest, TheSitesOwnErrorsAreFaults) {
  EXPECT_THAT(send("GET / HTTP/1.1\r\n\r\n"), HasSubstr(R"(["couplet.BadRequest",)"));
}

TEST_F(ApiResourceTest, AnApiMayStandBesideOtherThings) {
  auto root = std::make_shared<Resource>();
  root->putChild("api", std::make_shared<ApiResource>(api));
  reactor.listenTCP(8080, std::make_shared<Site>(root));
  client.emplace(reactor.tcpServers().at(1).connect());
  EXPECT_THAT(get("/api/Multiply?x=2&y=3"), isResponse(200, output("6.0")));
}

}  // namespace
}  // namespace couplet
