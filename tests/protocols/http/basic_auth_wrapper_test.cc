// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/basic_auth_wrapper.h>

#include <memory>
#include <string>
#include <utility>

#include <gmock/gmock.h>

#include <couplet/protocols/http/request_parser.h>
#include <couplet/reactor/testing/logged_errors.h>

#include "site_fixture.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

const BasicCredentials kAlice{"alice", "secret"};

/// Says its name and what is left of the path.
class Saying : public Resource {
 public:
  explicit Saying(std::string name, bool leaf = false) : name_(std::move(name)), leaf_(leaf) {}
  bool isLeaf() const override { return leaf_; }
  Answer render(Request& request) override {
    return Response(200, name_ + "/" + std::string(request.unclaimed()));
  }

 private:
  std::string name_;
  bool leaf_;
};

/// Makes what is below it as it is asked for, and counts that.
class Making : public Resource {
 public:
  std::shared_ptr<Resource> getChild(std::string_view segment, Request&) override {
    ++made;
    return segment == "none" ? nullptr : std::make_shared<Saying>(std::string(segment));
  }
  int made = 0;
};

class BasicAuthWrapperTest : public SiteTest {
 protected:
  void serve(std::shared_ptr<Resource> root) {
    reactor.listenTCP(8080, std::make_shared<Site>(std::move(root), std::move(options)));
    connect();
  }
  void serve(CredentialsCheck check) {
    router.get("/", requireBasicAuth("poems", std::move(check),
                                     [](Request&) { return Response(200, "in"); }));
    SiteTest::serve();
  }

  static std::shared_ptr<Resource> guarded(std::shared_ptr<Resource> below) {
    return std::make_shared<BasicAuthWrapper>("poems", kAlice, std::move(below));
  }

  std::string answer(std::string_view target, const std::string& fields) {
    return send("GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
  }
  /// The status, and the body of a 200.
  std::string ask(std::string_view target, const BasicCredentials& given = kAlice) {
    return outcome(answer(target, "Authorization: " + given.toHeader() + "\r\n"));
  }
  std::string askAsNobody(std::string_view target) { return outcome(answer(target, "")); }
  static std::string outcome(const std::string& all) {
    if (all.empty()) return "";
    return all.substr(9, 3) + (all[9] == '2' ? " " + all.substr(all.find("\r\n\r\n") + 4) : "");
  }
};

// One handler.

TEST_F(BasicAuthWrapperTest, TheRightCredentialsPass) {
  serve(kAlice);
  EXPECT_EQ(ask("/"), "200 in");
}

TEST_F(BasicAuthWrapperTest, OthersDoNotPass) {
  serve(kAlice);
  EXPECT_EQ(ask("/", {"alice", "Secret"}), "401");
  EXPECT_EQ(ask("/", {"bob", "secret"}), "401");
  EXPECT_EQ(ask("/", {"", ""}), "401");
  EXPECT_EQ(askAsNobody("/"), "401");
  EXPECT_EQ(outcome(answer("/", "Authorization: Basic a\r\n")), "401");
}

TEST_F(BasicAuthWrapperTest, TwoAuthorizationsDoNotPass) {
  serve(kAlice);
  const std::string line = "Authorization: " + kAlice.toHeader() + "\r\n";
  EXPECT_EQ(outcome(answer("/", line + line)), "401");
}

TEST_F(BasicAuthWrapperTest, A401ChallengesForTheRealm) {
  router.get(
      "/", requireBasicAuth("the \"poems\"", kAlice, [](Request&) { return Response(200, "in"); }));
  SiteTest::serve();
  const std::string challenge =
      "\r\nWWW-Authenticate: Basic realm=\"the \\\"poems\\\"\", charset=\"UTF-8\"\r\n";
  EXPECT_THAT(answer("/", ""), HasSubstr(challenge));
  EXPECT_THAT(answer("/", "Authorization: Basic YTpi\r\n"), HasSubstr(challenge));
}

TEST_F(BasicAuthWrapperTest, A401HasThePageOfTheSite) {
  options.errorPage = [](int, std::string_view) { return Response(401, "who are you?"); };
  serve(kAlice);
  const std::string page = answer("/", "");
  EXPECT_THAT(page, EndsWith("\r\n\r\nwho are you?"));
  EXPECT_THAT(page, HasSubstr("\r\nWWW-Authenticate: Basic "));
}

TEST_F(BasicAuthWrapperTest, TheHandlerKnowsWhoHasPassed) {
  router.get("/", requireBasicAuth("poems", kAlice, [](Request& request) {
               return Response(200, request.basicCredentials()->user);
             }));
  SiteTest::serve();
  EXPECT_EQ(ask("/"), "200 alice");
}

TEST_F(BasicAuthWrapperTest, WhatCannotGuardIsRefused) {
  const auto handler = [](Request&) { return Response(200); };
  EXPECT_THROW(requireBasicAuth("a\r\nX: y", kAlice, handler), InvalidCredentialsError);
  EXPECT_THROW(requireBasicAuth("a", kAlice, nullptr), std::invalid_argument);
  EXPECT_THROW(BasicAuthWrapper("a", kAlice, nullptr), std::invalid_argument);
}

// Checks.

TEST_F(BasicAuthWrapperTest, AFunctionMayCheck) {
  serve([](const BasicCredentials& given) { return given.user == "bob"; });
  EXPECT_EQ(ask("/", {"bob", "any"}), "200 in");
  EXPECT_EQ(ask("/"), "401");
}

TEST_F(BasicAuthWrapperTest, ACheckMayTakeItsTime) {
  Promise<bool> found;
  serve([&](const BasicCredentials&) { return found.deferred(); });
  EXPECT_EQ(ask("/"), "");
  found.callback(true);
  reactor.flush();
  EXPECT_EQ(outcome(received()), "200 in");
}

TEST_F(BasicAuthWrapperTest, ACheckMayRefuseLater) {
  Promise<bool> found;
  serve([&](const BasicCredentials&) { return found.deferred(); });
  EXPECT_EQ(ask("/"), "");
  found.callback(false);
  reactor.flush();
  EXPECT_THAT(received(), HasSubstr("HTTP/1.1 401 "));
}

TEST_F(BasicAuthWrapperTest, ACoroutineMayUseTheCredentialsThroughout) {
  Promise<void> ready;
  Deferred<void> whenReady = ready.deferred();
  serve([&](const BasicCredentials& given) -> Deferred<bool> {
    co_await std::move(whenReady);
    co_return given.match("alice", "secret");
  });
  EXPECT_EQ(ask("/"), "");
  ready.callback();
  reactor.flush();
  EXPECT_EQ(outcome(received()), "200 in");
}

TEST_F(BasicAuthWrapperTest, ACheckThatFailsLetsNobodyPass) {
  testing::LoggedErrors logged;
  serve([](const BasicCredentials&) -> bool { throw std::runtime_error("no database"); });
  EXPECT_EQ(ask("/"), "500");
  EXPECT_THAT(logged.take(), ElementsAre(HasSubstr("no database")));
}

TEST_F(BasicAuthWrapperTest, AClientThatLeavesCancelsTheCheck) {
  bool cancelled = false;
  Promise<bool> found([&] { cancelled = true; });
  serve([&](const BasicCredentials&) { return found.deferred(); });
  EXPECT_EQ(ask("/"), "");
  client->loseConnection();
  reactor.flush();
  EXPECT_TRUE(cancelled);
}

TEST_F(BasicAuthWrapperTest, AHandlerThatAnswersLaterIsWaitedFor) {
  Promise<Response> work;
  router.get("/", requireBasicAuth("poems", kAlice, [&](Request&) { return work.deferred(); }));
  SiteTest::serve();
  EXPECT_EQ(ask("/"), "");
  work.callback(Response(200, "late"));
  reactor.flush();
  EXPECT_EQ(outcome(received()), "200 late");
}

// Resources.

TEST_F(BasicAuthWrapperTest, ATreeBelowIsAskedAsIfItStoodThere) {
  auto tree = std::make_shared<Saying>("tree");
  tree->putChild("", std::make_shared<Saying>("index"));
  tree->putChild("leaf", std::make_shared<Saying>("leaf", true));
  tree->putChild("a", std::make_shared<Saying>("a"));
  auto root = std::make_shared<Resource>();
  root->putChild("admin", guarded(tree));
  serve(root);
  EXPECT_EQ(ask("/admin"), "200 tree/");
  EXPECT_EQ(ask("/admin/"), "200 index/");
  EXPECT_EQ(ask("/admin/a"), "200 a/");
  EXPECT_EQ(ask("/admin/a/"), "404");
  EXPECT_EQ(ask("/admin/leaf/b/c%20d"), "200 leaf/b/c%20d");
}

TEST_F(BasicAuthWrapperTest, ARouterBelowRoutesItsPartOfThePath) {
  router.get("/:id",
             [](Request& request) { return Response(200, std::string(*request.param("id"))); });
  auto root = std::make_shared<Resource>();
  root->putChild("api", guarded(std::make_shared<Router>(std::move(router))));
  serve(root);
  EXPECT_EQ(ask("/api/7"), "200 7");
  EXPECT_EQ(ask("/api/7/8"), "404");
  EXPECT_EQ(askAsNobody("/api/7"), "401");
}

TEST_F(BasicAuthWrapperTest, ItMayGuardAWholeSite) {
  router.get("/poems", [](Request&) { return Response(200, "poems"); });
  serve(guarded(std::make_shared<Router>(std::move(router))));
  EXPECT_EQ(ask("/poems"), "200 poems");
  EXPECT_EQ(askAsNobody("/poems"), "401");
}

TEST_F(BasicAuthWrapperTest, WhetherThereIsSomethingIsNotTold) {
  serve(guarded(std::make_shared<Making>()));
  EXPECT_EQ(ask("/none"), "404");
  EXPECT_EQ(ask("/none", {"bob", "b"}), "401");
  EXPECT_EQ(ask("/there", {"bob", "b"}), "401");
  EXPECT_EQ(ask("/none/more", {"bob", "b"}), "401");
}

TEST_F(BasicAuthWrapperTest, NothingIsLookedUpWithoutCredentials) {
  auto making = std::make_shared<Making>();
  serve(guarded(making));
  EXPECT_EQ(askAsNobody("/there"), "401");
  EXPECT_EQ(making->made, 0);
}

TEST_F(BasicAuthWrapperTest, AResourceThatWasMadeForTheRequestLivesUntilTheCheckHasPassed) {
  Promise<bool> found;
  serve(std::make_shared<BasicAuthWrapper>(
      "poems", [&](const BasicCredentials&) { return found.deferred(); },
      std::make_shared<Making>()));
  EXPECT_EQ(ask("/made"), "");
  found.callback(true);
  reactor.flush();
  EXPECT_EQ(outcome(received()), "200 made/");
}

constexpr char kUpload[] =
    "PUT /up HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
    "Content-Length: 4\r\n";

/// Reads its body as it comes.
class Upload : public Resource {
 public:
  BodyWanted bodyWanted(Request&) override { return BodyWanted::kAsItComes; }
  Answer render(Request& request) override {
    return request.incoming().readAll(100).addCallback(
        [](const std::string& body) { return Response(200, body); });
  }
};

TEST_F(BasicAuthWrapperTest, AnUploadIsAskedForWhenTheCheckHasPassed) {
  Promise<bool> found;
  auto root = std::make_shared<Resource>();
  root->putChild("up", std::make_shared<Upload>());
  serve(std::make_shared<BasicAuthWrapper>(
      "poems", [&](const BasicCredentials&) { return found.deferred(); }, root));
  EXPECT_EQ(send(kUpload + ("Authorization: " + kAlice.toHeader()) + "\r\n\r\n"), "");
  found.callback(true);
  reactor.flush();
  EXPECT_EQ(received(), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(outcome(send("poem")), "200 poem");
}

TEST_F(BasicAuthWrapperTest, AnUploadWithoutCredentialsIsNotAskedFor) {
  auto root = std::make_shared<Resource>();
  root->putChild("up", std::make_shared<Upload>());
  serve(guarded(root));
  EXPECT_EQ(outcome(send(kUpload + std::string("\r\n"))), "401");
}

/// A 401 needs no body; what passes gets its body as it wants it.
TEST_F(BasicAuthWrapperTest, TheBodyIsWantedAsBelow) {
  BasicAuthWrapper wrapper("poems", kAlice, std::make_shared<Upload>());
  const auto wanted = [&](const std::string& fields) {
    const std::string bytes = "PUT / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
    std::string_view left = bytes;
    HTTPHeadTable table;
    const HTTPLimits limits;
    HTTPRequestParser parser(limits, table);
    parser.next(left);
    Request request;
    request.assign(parser.head());
    return wrapper.bodyWanted(request);
  };
  EXPECT_EQ(wanted(""), BodyWanted::kNot);
  EXPECT_EQ(wanted("Authorization: " + kAlice.toHeader() + "\r\n"), BodyWanted::kAsItComes);
}

}  // namespace
}  // namespace couplet
