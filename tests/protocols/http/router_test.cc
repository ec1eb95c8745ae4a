// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/router.h>

#include <string>

#include <gtest/gtest.h>

#include "site_fixture.h"

namespace couplet {
namespace {

class RouterTest : public SiteTest {
 protected:
  /// A handler that says its name and what `param` holds.
  static Handler saying(std::string name, std::string param = "") {
    return [name, param](Request& request) {
      return Response(200, name + (param.empty() ? "" : " " + std::string(*request.param(param))));
    };
  }

  /// The status and the body of what answers.
  std::string ask(std::string_view method, std::string_view target) {
    const std::string all =
        send(std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n");
    const std::size_t end = all.find("\r\n\r\n");
    return all.substr(9, 3) + (all[9] == '2' ? " " + all.substr(end + 4) : "");
  }
  std::string ask(std::string_view target) { return ask("GET", target); }
};

TEST_F(RouterTest, ALiteralSegmentGoesBeforeANamedOneAndThatBeforeARest) {
  router.get("/poems/new", saying("new"))
      .get("/poems/:name", saying("named", "name"))
      .get("/*all", saying("rest", "all"));
  serve();
  EXPECT_EQ(ask("/poems/new"), "200 new");
  EXPECT_EQ(ask("/poems/ecstasy"), "200 named ecstasy");
  EXPECT_EQ(ask("/poems/a/b"), "200 rest poems/a/b");
  EXPECT_EQ(ask("/other"), "200 rest other");
}

TEST_F(RouterTest, SegmentsAreDecodedBeforeTheyAreCompared) {
  router.get("/poems/:name", saying("named", "name"));
  serve();
  EXPECT_EQ(ask("/p%6fems/a%20b"), "200 named a b");
}

TEST_F(RouterTest, AnEncodedSegmentIsGivenDecodedHoweverLong) {
  router.get("/:a/:b/*rest", [](Request& request) {
    return Response(200, std::string(*request.param("a")) + "|" + std::string(*request.param("b")) +
                             "|" + std::string(*request.param("rest")));
  });
  serve();
  EXPECT_EQ(
      ask("/one%20segment%20that%20is%20rather%20long/another%2c%20as%20long%20as%20that/%20"),
      "200 one segment that is rather long|another, as long as that|%20");
  EXPECT_EQ(ask("/%61/b%62/"), "200 a|bb|");
}

TEST_F(RouterTest, LooksOnWhereAFirstMatchLeadsNowhere) {
  router.get("/a/b/c", saying("literal"))
      .get("/:x/b/d", saying("named", "x"))
      .get("/a/*rest", saying("rest", "rest"))
      .get("/:x/*rest", saying("all", "x"));
  serve();
  EXPECT_EQ(ask("/a/b/c"), "200 literal");
  EXPECT_EQ(ask("/a/b/d"), "200 rest b/d");
  EXPECT_EQ(ask("/z/b/d"), "200 named z");
  EXPECT_EQ(ask("/z/b/e"), "200 all z");
  EXPECT_EQ(ask("/%2e%2e/b/d"), "404");
  EXPECT_EQ(ask("/a"), "404");
}

TEST_F(RouterTest, FindsEachOfManyLiterals) {
  for (int i = 0; i < 100; ++i) {
    const std::string name(static_cast<std::size_t>(i % 7), 'x');
    router.get("/" + name + std::to_string(i), saying("route " + std::to_string(i)));
  }
  serve();
  for (int i = 0; i < 100; ++i) {
    const std::string name(static_cast<std::size_t>(i % 7), 'x');
    EXPECT_EQ(ask("/" + name + std::to_string(i)), "200 route " + std::to_string(i));
  }
  EXPECT_EQ(ask("/x0"), "404");
  EXPECT_EQ(ask("/"), "404");
}

TEST_F(RouterTest, FindsEachOfManyPathsOfOneLength) {
  for (int i = 10; i < 40; ++i) {
    router.get("/a/" + std::to_string(i), saying(std::to_string(i)));
    router.get("/" + std::string(70, 'x') + std::to_string(i), saying("x" + std::to_string(i)));
  }
  serve();
  for (int i = 10; i < 40; ++i) {
    EXPECT_EQ(ask("/a/" + std::to_string(i)), "200 " + std::to_string(i));
    EXPECT_EQ(ask("/" + std::string(70, 'x') + std::to_string(i)), "200 x" + std::to_string(i));
  }
  EXPECT_EQ(ask("/a/40"), "404");
}

TEST_F(RouterTest, APercentSignInAPatternIsItself) {
  router.get("/100%", saying("percent")).get("/a%20b", saying("three signs"));
  serve();
  EXPECT_EQ(ask("/100%25"), "200 percent");
  EXPECT_EQ(ask("/a%2520b"), "200 three signs");
  EXPECT_EQ(ask("/a%20b"), "404");
}

TEST_F(RouterTest, ALiteralPathWithoutTheMethodIsNoOtherOnes) {
  router.post("/poems/new", saying("new")).get("/poems/:name", saying("named", "name"));
  serve();
  EXPECT_EQ(ask("/poems/new"), "405");
}

TEST_F(RouterTest, ANamedSegmentIsNoPath) {
  router.get("/poems/:name", saying("named", "name"));
  serve();
  EXPECT_EQ(ask("/poems/..%2f..%2fetc%2fpasswd"), "404");
  EXPECT_EQ(ask("/poems/%2e%2e"), "404");
  EXPECT_EQ(ask("/poems/a%00b"), "404");
}

TEST_F(RouterTest, APatternThatWasRefusedLeavesNothingBehind) {
  EXPECT_THROW(router.get("/files/*path/x", saying("")), std::invalid_argument);
  serve();
  EXPECT_EQ(ask("/files/a"), "404");
}

TEST_F(RouterTest, ASegmentThatCannotBeDecodedIsRefused) {
  router.get("/:name", saying("named", "name"));
  serve();
  EXPECT_EQ(ask("/%zz"), "400");
}

TEST_F(RouterTest, ANamedSegmentIsNotEmpty) {
  router.get("/poems/:name", saying("named", "name"));
  serve();
  EXPECT_EQ(ask("/poems/"), "404");
  EXPECT_EQ(ask("/poems"), "404");
}

TEST_F(RouterTest, AnUnknownMethodHasThePageOfTheSite) {
  options.errorPage = [](int status, std::string_view) { return Response(status, "mine"); };
  router.get("/", [](Request&) { return Response(); });
  serve();
  const std::string answer = send("PUT / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(answer.find("\r\nAllow: GET, HEAD, OPTIONS\r\n"), std::string::npos);
  EXPECT_EQ(answer.substr(answer.size() - 4), "mine");
}

TEST_F(RouterTest, AnUnknownMethodIsA405ThatNamesTheOthers) {
  router.get("/", saying("get")).post("/", saying("post"));
  serve();
  const std::string answer = send("DELETE / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(answer.find("HTTP/1.1 405 "), std::string::npos);
  EXPECT_NE(answer.find("\r\nAllow: GET, HEAD, POST, OPTIONS\r\n"), std::string::npos);
}

TEST_F(RouterTest, OptionsNamesTheMethods) {
  router.put("/", saying("put"));
  serve();
  const std::string answer = send("OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(answer.find("HTTP/1.1 204 "), 0u);
  EXPECT_NE(answer.find("\r\nAllow: PUT, OPTIONS\r\n"), std::string::npos);
}

TEST_F(RouterTest, AnAbsoluteTargetIsRoutedByItsPath) {
  router.get("/", saying("root")).get("/poems", saying("poems"));
  serve();
  EXPECT_EQ(ask("http://a/poems?x"), "200 poems");
  EXPECT_EQ(ask("http://a"), "200 root");
}

TEST_F(RouterTest, APatternThatCannotBeIsRefusedWhenItIsAdded) {
  EXPECT_THROW(router.get("poems", saying("")), std::invalid_argument);
  EXPECT_THROW(router.get("/*rest/more", saying("")), std::invalid_argument);
  EXPECT_THROW(router.get("/:", saying("")), std::invalid_argument);
  EXPECT_THROW(router.get("/:a/:a", saying("")), std::invalid_argument);
  EXPECT_THROW(router.get("/x", nullptr), std::invalid_argument);
  router.get("/x", saying(""));
  EXPECT_THROW(router.get("/x", saying("")), std::invalid_argument);
}

TEST_F(RouterTest, ARouterMayStandBelowAResource) {
  auto root = std::make_shared<Resource>();
  router.get("/:id", saying("api", "id"));
  root->putChild("api", std::make_shared<Router>(std::move(router)));
  reactor.listenTCP(8080, std::make_shared<Site>(std::move(root), std::move(options)));
  connect();
  EXPECT_EQ(ask("/api/7"), "200 api 7");
  EXPECT_EQ(ask("/other"), "404");
  EXPECT_EQ(ask("/"), "404");
}

}  // namespace
}  // namespace couplet
