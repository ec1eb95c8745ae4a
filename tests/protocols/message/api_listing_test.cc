// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What an Api tells of itself by HTTP.
#include "api_fixture.h"

#include <cmath>
#include <string>

#include "every_kind.h"

namespace couplet {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kBrowser = "Accept: text/html,*/*;q=0.8\r\n";

struct Unsaid {
  double none = std::nan("");
  double some = 1.5;

  static constexpr auto kMessage =
      message("test.Unsaid", member("none", &Unsaid::none), member("some", &Unsaid::some));
};

/// With what HTML would read otherwise.
struct Sharp {
  std::string text = "</textarea>\"'<script>alert(1)</script>&amp;";
  std::vector<std::string> texts{"</textarea><b>"};

  static constexpr auto kMessage =
      message("te<st.Sh\"a'rp&", member("<i>", &Sharp::text), member("a\"b", &Sharp::texts));
};

struct NamedAsTheDocument {
  static constexpr auto kMessage = message("openapi.json");
};

class ApiListingTest : public ApiTest {
 protected:
  void serveCrunch() {
    serve(
        Requests<Multiply, Divide>(), [](const Multiply& m) { return Output{m.x * m.y}; },
        [](const Divide& m) { return Output{m.x / m.y}; });
  }
  template <class T>
  void serveEcho() {
    serve(Requests<T>(), [](const T& same) { return same; });
  }
  std::string page() { return ask("GET", "/", kBrowser); }

  static std::string bodyOf(const std::string& response) {
    return response.substr(response.find("\r\n\r\n") + 4);
  }
};

// Crunch 2: The list of requests is what can be asked for: names, members, types, defaults.
TEST_F(ApiListingTest, TheListHasNamesMembersTypesAndDefaultsInTheApisOrder) {
  serveCrunch();
  const std::string x = R"({"name":"x","type":{"type":"number","format":"double"},"default":0.0})";
  const auto y = [](std::string_view byDefault) {
    return R"({"name":"y","type":{"type":"number","format":"double"},"default":)" +
           std::string(byDefault) + "}";
  };
  EXPECT_THAT(
      get("/"),
      isResponse(200,
                 R"({"requests":[{"name":"crunch_api.Multiply","path":"Multiply","members":[)" + x +
                     "," + y("0.0") + R"(],"answer":"crunch_api.Output"},)" +
                     R"({"name":"crunch_api.Divide","path":"Divide","members":[)" + x + "," +
                     y("1.0") + R"(],"answer":"crunch_api.Output"}],)" +
                     R"("messages":{"crunch_api.Output":{"name":"crunch_api.Output",)" +
                     R"("members":[{"name":"value","type":{"type":"number",)" +
                     R"("format":"double"},"default":0.0}]}}})"));
}

TEST_F(ApiListingTest, ADefaultThatJSONDoesNotHaveIsLeftOut) {
  serveEcho<Unsaid>();
  EXPECT_THAT(get("/"), AllOf(HasSubstr(R"({"name":"none","type":{"type":"number",)"
                                        R"("format":"double"}},{"name":"some",)"),
                              HasSubstr(R"("default":1.5})")));
}

TEST_F(ApiListingTest, TwoMessagesOfOneNameAreToldApart) {
  serve(
      Requests<Multiply, Divide>(), [](const Multiply&) { return Holder<bool>(); },
      [](const Divide&) { return Holder<std::string>(); });
  const std::string list = get("/");
  EXPECT_THAT(list, HasSubstr(R"("answer":"test.Holder"})"));
  EXPECT_THAT(list, HasSubstr(R"("answer":"test.Holder_2"})"));
  EXPECT_THAT(list, HasSubstr(R"("test.Holder_2":{"name":"test.Holder","members":[{"name":"value",)"
                              R"("type":{"type":"string"})"));
}

TEST_F(ApiListingTest, AHandlerWithoutAnAnswerAnswersWithAck) {
  serve(Requests<Multiply>(), [](const Multiply&) {});
  EXPECT_THAT(get("/"), HasSubstr(R"("answer":"couplet.Ack"}],"messages":{"couplet.Ack":{)"));
}

TEST_F(ApiListingTest, AMessageInsideOfItselfIsListedOnce) {
  serveEcho<Tree>();
  EXPECT_THAT(get("/"), EndsWith(R"("messages":{"test.Tree":{"name":"test.Tree","members":[{)"
                                 R"("name":"children","type":{"type":"array","items":)"
                                 R"({"$ref":"#/messages/test.Tree"}},"default":[]}]}}})"));
}

TEST_F(ApiListingTest, WhoPrefersHTMLGetsAPageAndOthersJSON) {
  serveCrunch();
  EXPECT_THAT(page(), AllOf(HasSubstr("\r\nContent-Type: text/html; charset=utf-8\r\n"),
                            HasSubstr("\r\nVary: Accept\r\n")));
  EXPECT_THAT(ask("GET", "/", "Accept: */*\r\n"),
              AllOf(HasSubstr("\r\nContent-Type: application/json\r\n"),
                    HasSubstr("\r\nVary: Accept\r\n")));
}

TEST_F(ApiListingTest, HeadHasNoBody) {
  serveCrunch();
  EXPECT_THAT(ask("HEAD", "/"), AllOf(StartsWith("HTTP/1.1 200 OK"), EndsWith("\r\n\r\n")));
  EXPECT_THAT(ask("HEAD", "/openapi.json"),
              AllOf(StartsWith("HTTP/1.1 200 OK"), EndsWith("\r\n\r\n")));
}

// Crunch 9: A wrong method is a 405, with Allow.
TEST_F(ApiListingTest, TheListIsOnlyRead) {
  serveCrunch();
  EXPECT_THAT(ask("POST", "/"),
              AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("\r\nAllow: GET, HEAD, OPTIONS\r\n"),
                    HasSubstr(R"(["couplet.MethodNotAllowed",)")));
  EXPECT_THAT(ask("DELETE", "/openapi.json"), StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(ask("OPTIONS", "/"),
              AllOf(StartsWith("HTTP/1.1 204 "), HasSubstr("\r\nAllow: GET, HEAD, OPTIONS\r\n")));
}

TEST_F(ApiListingTest, TheDocumentIsOpenAPI) {
  serveCrunch();
  const std::string document = get("/openapi.json");
  EXPECT_THAT(document, HasSubstr("\r\nContent-Type: application/json\r\n"));
  EXPECT_THAT(bodyOf(document),
              StartsWith(R"({"openapi":"3.1.0","info":{"title":"crunch_api","version":)"));
  EXPECT_THAT(document, HasSubstr(R"("servers":[{"url":"."}])"));
  EXPECT_THAT(document,
              HasSubstr(R"("/Divide":{"get":{"operationId":"getDivide","parameters":[{"name":"x",)"
                        R"("in":"query","schema":{"type":"number","format":"double",)"
                        R"("default":0.0}})"));
}

TEST_F(ApiListingTest, ARequestNamedAsTheDocumentIsAskedForByItsShortName) {
  serveEcho<NamedAsTheDocument>();
  EXPECT_THAT(get("/openapi.json"), HasSubstr(R"({"openapi":"3.1.0",)"));
  EXPECT_THAT(get("/json"), isResponse(200, R"({"value":["openapi.json",{},[]]})"));
}

TEST_F(ApiListingTest, ThePageRunsNothingButItsOwnScript) {
  serveCrunch();
  EXPECT_THAT(page(), AllOf(HasSubstr("\r\nContent-Security-Policy: default-src 'none'; "),
                            HasSubstr("script-src 'sha256-"), HasSubstr("connect-src 'self'"),
                            Not(HasSubstr("unsafe-inline")), Not(HasSubstr("://"))));
}

TEST_F(ApiListingTest, ThePageHasAFormForEachRequestWithTheDefaults) {
  serveCrunch();
  EXPECT_THAT(page(), AllOf(HasSubstr("action=\"Multiply\""), HasSubstr("action=\"Divide\""),
                            HasSubstr("name=\"y\" type=\"number\" step=\"any\" value=\"1.0\"")));
}

TEST_F(ApiListingTest, ThePageEscapesNamesAndDefaults) {
  serveEcho<Sharp>();
  const std::string html = page();
  EXPECT_THAT(html, HasSubstr("<h2>Sh&quot;a&#39;rp&amp;</h2>"));
  EXPECT_THAT(html, HasSubstr("data-path=\"Sh%22a%27rp%26\""));
  EXPECT_THAT(html, HasSubstr("name=\"&lt;i&gt;\" value=\"&lt;/textarea&gt;&quot;&#39;&lt;script"));
  EXPECT_THAT(html, HasSubstr(">[&quot;&lt;/textarea&gt;&lt;b&gt;&quot;]</textarea>"));
  EXPECT_THAT(html, AllOf(Not(HasSubstr("<script>alert")), Not(HasSubstr("<b>")),
                          Not(HasSubstr("<i>")), Not(HasSubstr("te<st"))));
}

TEST_F(ApiListingTest, TheFormOfAnUnusualNameLeadsToIt) {
  serveEcho<Sharp>();
  EXPECT_THAT(get("/Sh%22a%27rp%26"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(get("/Sh%2"), Not(StartsWith("HTTP/1.1 200 ")));
}

TEST_F(ApiListingTest, EachKindOfMemberHasItsInput) {
  serveEcho<kinds::Everything>();
  const std::string html = page();
  EXPECT_THAT(html, HasSubstr("name=\"off\" type=\"checkbox\" value=\"true\">"));
  EXPECT_THAT(html, HasSubstr("name=\"on\"><option selected>true</option>"
                              "<option>false</option></select>"));
  EXPECT_THAT(html, HasSubstr("name=\"tiny\" type=\"number\" min=\"-128\" max=\"127\" "
                              "value=\"-128\">"));
  EXPECT_THAT(html, HasSubstr("max=\"18446744073709551615\" value=\"18446744073709551615\">"));
  EXPECT_THAT(html, HasSubstr("name=\"colour\"><option>red</option>"
                              "<option selected>green</option></select>"));
  EXPECT_THAT(html, HasSubstr("name=\"maybe_colour\"><option selected></option>"));
  EXPECT_THAT(html, HasSubstr("name=\"day\" type=\"date\" value=\"2024-10-04\">"));
  EXPECT_THAT(html, HasSubstr("spellcheck=\"false\">[1,2,3]</textarea>"));
}

TEST_F(ApiListingTest, ThePageIsForAFolder) {
  serveCrunch();
  auto root = std::make_shared<Resource>();
  root->putChild("a:pi", std::make_shared<ApiResource>(api));
  reactor.listenTCP(8080, std::make_shared<Site>(root));
  client.emplace(reactor.tcpServers().at(1).connect());
  EXPECT_THAT(ask("GET", "/a:pi", kBrowser),
              AllOf(StartsWith("HTTP/1.1 302 "), HasSubstr("\r\nLocation: ./a:pi/\r\n"),
                    HasSubstr("\r\nVary: Accept\r\n")));
  EXPECT_THAT(ask("GET", "/a:pi/", kBrowser), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(get("/a:pi"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ApiListingTest, AFormsEmptyInputIsNothingOfAnOptional) {
  serveEcho<kinds::Everything>();
  const std::string none = get("/Everything?maybe=&maybe_point=&maybe_colour=&maybe_true=");
  EXPECT_THAT(none, AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr(R"("maybe":null,)"),
                          HasSubstr(R"("maybe_point":null,)")));
  EXPECT_THAT(get("/Everything?maybe=&maybe=3"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(get("/Everything?tiny="), StartsWith("HTTP/1.1 400 "));
}

TEST_F(ApiListingTest, AnEmptyTextIsAText) {
  serveEcho<Holder<std::optional<std::string>>>();
  EXPECT_THAT(get("/Holder?value="), HasSubstr(R"({"value":""})"));
}

}  // namespace
}  // namespace couplet
