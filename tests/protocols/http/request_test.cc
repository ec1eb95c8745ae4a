// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a handler reads of a request: query, form, cookies, credentials.
#include <couplet/protocols/http/request.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <gmock/gmock.h>

#include "site_fixture.h"

namespace couplet {
namespace {

/// What a handler makes of requests, as it answers them.
class RequestTest : public SiteTest {
 protected:
  /// The status, or the body where it is 200.
  std::string ask(const std::string& head, const std::string& body = "") {
    const std::string answer = send(
        head + "\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    if (!answer.starts_with("HTTP/1.1 200 ")) return answer.substr(9, 3);
    return answer.substr(answer.find("\r\n\r\n") + 4);
  }

  /// Answers by what `handler` returns for each request.
  void serveText(Callable<std::string(const Request&)> handler) {
    auto answers = [handler = std::move(handler)](Request& request) mutable {
      return Response(200, handler(request));
    };
    auto shared = std::make_shared<decltype(answers)>(std::move(answers));
    router.get("/", [shared](Request& request) { return (*shared)(request); });
    router.post("/", [shared](Request& request) { return (*shared)(request); });
    serve();
  }

  void serveForm() {
    serveText([](const Request& request) { return request.formFields().toString(); });
  }
};

constexpr char kForm[] = "POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded";

// The query.

TEST_F(RequestTest, GivesTheFieldsOfTheQueryDecoded) {
  serveText([](const Request& request) {
    return std::string(*request.queryFields().first("by")) + ' ' +
           std::to_string(request.queryFields().all("tag").size());
  });
  EXPECT_EQ(ask("GET /?by=e.e.+cummings%21&tag=a&tag=b HTTP/1.1"), "e.e. cummings! 2");
}

TEST_F(RequestTest, ARequestWithoutQueryHasNoFields) {
  serveText([](const Request& request) { return request.queryFields().empty() ? "none" : "some"; });
  EXPECT_EQ(ask("GET / HTTP/1.1"), "none");
}

TEST_F(RequestTest, TheNextRequestHasItsOwnFields) {
  serveText([](const Request& request) { return request.queryFields().toString(); });
  EXPECT_EQ(ask("GET /?a=1 HTTP/1.1"), "a=1");
  EXPECT_EQ(ask("GET /?b=2 HTTP/1.1"), "b=2");
}

TEST_F(RequestTest, AQueryThatCannotBeDecodedIsA400) {
  serveText([](const Request& request) { return request.queryFields().toString(); });
  EXPECT_EQ(ask("GET /?a=%zz HTTP/1.1"), "400");
}

TEST_F(RequestTest, AQueryOfTooManyFieldsIsA400) {
  serveText([](const Request& request) { return request.queryFields().toString(); });
  std::string many;
  for (int i = 0; i < 1001; ++i) many += "a&";
  EXPECT_EQ(ask("GET /?" + many + " HTTP/1.1"), "400");
}

// http.md: CVE-2021-23336 and the row of queries.
TEST_F(RequestTest, ASemicolonSeparatesNoFields) {
  serveText([](const Request& request) { return std::string(*request.queryFields().first("a")); });
  EXPECT_EQ(ask("GET /?a=1;b=2 HTTP/1.1"), "1;b=2");
}

TEST_F(RequestTest, AFieldWithoutEqualsIsThereAndBlank) {
  serveText(
      [](const Request& request) { return "<" + std::string(*request.queryFields().first("a")); });
  EXPECT_EQ(ask("GET /?a HTTP/1.1"), "<");
  EXPECT_EQ(ask("GET /?a= HTTP/1.1"), "<");
}

// http.md: with Twisted, the fields of a form replace those of the query.
TEST_F(RequestTest, FormAndQueryAreNotMixed) {
  serveText([](const Request& request) {
    return request.queryFields().toString() + " " + request.formFields().toString();
  });
  EXPECT_EQ(ask("POST /?a=1 HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded", "a=2"),
            "a=1 a=2");
}

// The form.

TEST_F(RequestTest, GivesTheFieldsOfAFormDecoded) {
  serveText(
      [](const Request& request) { return std::string(*request.formFields().first("poem")); });
  EXPECT_EQ(ask(kForm, "poem=HERE+IS+MY+POEM%0A"), "HERE IS MY POEM\n");
}

TEST_F(RequestTest, AFormsTypeHasNoCaseAndMayHaveParameters) {
  serveForm();
  EXPECT_EQ(ask("POST / HTTP/1.1\r\ncontent-type: Application/X-WWW-Form-URLencoded;charset=utf-8",
                "a=1"),
            "a=1");
  EXPECT_EQ(ask("POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded \t; x", "a=1"),
            "a=1");
}

TEST_F(RequestTest, ABodyOfAnotherTypeIsA415) {
  serveForm();
  EXPECT_EQ(ask("POST / HTTP/1.1\r\nContent-Type: text/plain", "a=1"), "415");
  EXPECT_EQ(ask("POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencodedx", "a"), "415");
  EXPECT_EQ(ask("POST / HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=b", ""), "415");
  EXPECT_EQ(ask("POST / HTTP/1.1", "a=1"), "415");
}

TEST_F(RequestTest, ARequestWithoutTypeAndBodyHasAnEmptyForm) {
  serveForm();
  EXPECT_EQ(ask("POST / HTTP/1.1"), "");
  EXPECT_EQ(ask(kForm), "");
}

TEST_F(RequestTest, AFormThatCannotBeDecodedIsA400) {
  serveForm();
  EXPECT_EQ(ask(kForm, "a=%4"), "400");
}

TEST_F(RequestTest, AMebibyteOfAmpersandsIsAnEmptyForm) {
  serveForm();
  EXPECT_EQ(ask(kForm, std::string(1024 * 1024, '&')), "");
}

TEST_F(RequestTest, AFormOfTooManyFieldsIsA400) {
  serveForm();
  std::string many;
  while (many.size() < 1024 * 1024) many += "a&";
  EXPECT_EQ(ask(kForm, many), "400");
}

TEST_F(RequestTest, ABodyThatIsReadAsItComesIsNoForm) {
  router.post(
      "/",
      [](Request& request) {
        EXPECT_THROW(request.formFields(), std::logic_error);
        return Response(200, "none");
      },
      BodyWanted::kAsItComes);
  serve();
  EXPECT_EQ(ask(kForm, "a=1"), "none");
}

// Cookies.

TEST_F(RequestTest, FindsACookieOfAnyLine) {
  serveText(
      [](const Request& request) { return std::string(request.cookie("b").value_or("none")); });
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nCookie: a=1; b=2"), "2");
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nCookie: a=1\r\nX: y\r\ncookie: b=3"), "3");
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nCookie: B=2"), "none");
  EXPECT_EQ(ask("GET / HTTP/1.1"), "none");
}

TEST_F(RequestTest, GivesAllCookiesInOrder) {
  serveText([](const Request& request) {
    std::string all;
    for (const auto& [name, value] : request.cookies()) all.append(name).append(value).append(" ");
    return all;
  });
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nCookie: a=1; b=2\r\nCookie: a=3"), "a1 b2 a3 ");
  EXPECT_EQ(ask("GET / HTTP/1.1"), "");
}

// Credentials.

TEST_F(RequestTest, GivesTheCredentialsOfBasic) {
  serveText([](const Request& request) {
    const BasicCredentials* given = request.basicCredentials();
    return given ? given->user + '/' + given->password : "nobody";
  });
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nauthorization: basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
            "Aladdin/open sesame");
  EXPECT_EQ(ask("GET / HTTP/1.1"), "nobody");
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nAuthorization: Bearer YTpi"), "nobody");
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nAuthorization: Basic %%%"), "nobody");
}

TEST_F(RequestTest, SeveralAuthorizationsAreNone) {
  serveText([](const Request& request) { return request.basicCredentials() ? "some" : "nobody"; });
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nAuthorization: Basic YTpi\r\nAuthorization: Basic YTpi"),
            "nobody");
}

}  // namespace
}  // namespace couplet
