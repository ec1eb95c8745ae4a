// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/virtual_hosts.h>

#include <string>

#include <gmock/gmock.h>

#include "site_fixture.h"

namespace couplet {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Says its name, whatever is asked of it.
Router saying(std::string name) {
  Router router;
  router.get("/*path", [name](Request& request) {
    return Response(200, name + " " + std::string(*request.param("path")));
  });
  return router;
}

class VirtualHostsTest : public SiteTest {
 protected:
  void serveHosts() {
    reactor.listenTCP(8080, std::make_shared<Site>(hosts, std::move(options)));
    connect();
  }

  std::string answer(std::string_view host, std::string_view target = "/") {
    return send("GET " + std::string(target) + " HTTP/1.1\r\nHost: " + std::string(host) +
                "\r\n\r\n");
  }

  /// The body of a 200, else the status.
  std::string ask(std::string_view host, std::string_view target = "/") {
    const std::string all = answer(host, target);
    return all[9] == '2' ? all.substr(all.find("\r\n\r\n") + 4) : all.substr(9, 3);
  }

  std::shared_ptr<VirtualHosts> hosts = std::make_shared<VirtualHosts>();
};

TEST_F(VirtualHostsTest, EachHostHasItsRoot) {
  hosts->addHost("poems.example", saying("poems")).addHost("prose.example", saying("prose"));
  serveHosts();
  EXPECT_EQ(ask("poems.example", "/a/b"), "poems a/b");
  EXPECT_EQ(ask("prose.example", "/"), "prose ");
}

TEST_F(VirtualHostsTest, ARootMayBeATree) {
  auto tree = std::make_shared<Resource>();
  tree->putChild("api", std::make_shared<Router>(saying("api")));
  hosts->addHost("poems.example", tree);
  serveHosts();
  EXPECT_EQ(ask("poems.example", "/api/7"), "api 7");
  EXPECT_EQ(ask("poems.example", "/other"), "404");
  EXPECT_EQ(ask("poems.example", "/"), "404");
}

TEST_F(VirtualHostsTest, ABodyIsGivenAsTheHostsRootWantsIt) {
  Router router;
  router.post(
      "/up",
      [](Request& request) {
        return request.incoming().readAll(10).addCallback(
            [](const std::string& body) { return Response(200, body); });
      },
      BodyWanted::kAsItComes);
  hosts->addHost("poems.example", std::move(router));
  serveHosts();
  EXPECT_THAT(send("POST /up HTTP/1.1\r\nHost: poems.example\r\nContent-Length: 4\r\n\r\npoem"),
              HasSubstr("\r\n\r\npoem"));
}

TEST_F(VirtualHostsTest, NamesHaveNoCase) {
  hosts->addHost("Poems.Example", saying("poems"));
  serveHosts();
  EXPECT_EQ(ask("poEms.eXample"), "poems ");
}

TEST_F(VirtualHostsTest, ANameMayEndWithADot) {
  hosts->addHost("poems.example", saying("poems")).addHost("prose.example.", saying("prose"));
  serveHosts();
  EXPECT_EQ(ask("poems.example."), "poems ");
  EXPECT_EQ(ask("poems.example.:80"), "poems ");
  EXPECT_EQ(ask("prose.example"), "prose ");
}

TEST_F(VirtualHostsTest, AHostWithoutPortIsForAnyPort) {
  hosts->addHost("poems.example", saying("poems"));
  serveHosts();
  EXPECT_EQ(ask("poems.example:8080"), "poems ");
  EXPECT_EQ(ask("poems.example:"), "poems ");
}

TEST_F(VirtualHostsTest, AHostWithAPortIsForThatPort) {
  hosts->addHost("poems.example:8443", saying("admin"));
  serveHosts();
  EXPECT_EQ(ask("poems.example:8443"), "admin ");
  EXPECT_EQ(ask("poems.example:08443"), "admin ");
  EXPECT_EQ(ask("poems.example:8080"), "404");
  EXPECT_EQ(ask("poems.example"), "404");
}

TEST_F(VirtualHostsTest, AHostWithAPortGoesBeforeOneWithout) {
  hosts->addHost("poems.example", saying("poems")).addHost("poems.example:8443", saying("admin"));
  serveHosts();
  EXPECT_EQ(ask("poems.example:8443"), "admin ");
  EXPECT_EQ(ask("poems.example:80"), "poems ");
}

TEST_F(VirtualHostsTest, AnIPv6AddressHasOneSpelling) {
  hosts->addHost("[::1]", saying("one")).addHost("[2001:db8::1]:8080", saying("two"));
  serveHosts();
  EXPECT_EQ(ask("[0:0::1]:8080"), "one ");
  EXPECT_EQ(ask("[2001:DB8:0::1]:8080"), "two ");
  EXPECT_EQ(ask("[2001:db8::1]"), "404");
}

TEST_F(VirtualHostsTest, AnAbsoluteTargetNamesTheHost) {
  hosts->addHost("poems.example", saying("poems"));
  serveHosts();
  EXPECT_EQ(ask("other.example", "http://poems.example/a"), "poems a");
  EXPECT_EQ(ask("poems.example", "http://other.example/a"), "404");
}

TEST_F(VirtualHostsTest, AHostThatWasNotAddedIsA404) {
  hosts->addHost("poems.example", saying("poems"));
  serveHosts();
  EXPECT_EQ(ask("other.example"), "404");
  EXPECT_EQ(ask("poems.example.org"), "404");
  EXPECT_EQ(ask("x.poems.example"), "404");
  EXPECT_EQ(ask("a!b"), "404");
}

TEST_F(VirtualHostsTest, OthersAnswersForAllThatWereNotAdded) {
  hosts = std::make_shared<VirtualHosts>(std::make_shared<Router>(saying("others")));
  hosts->addHost("poems.example", saying("poems"));
  serveHosts();
  EXPECT_EQ(ask("other.example", "/a"), "others a");
  EXPECT_EQ(ask("a!b"), "others ");
  EXPECT_EQ(ask("poems.example", "/a"), "poems a");
}

TEST_F(VirtualHostsTest, AClientThatNamesNoHostIsOneOfTheOthers) {
  hosts = std::make_shared<VirtualHosts>(std::make_shared<Router>(saying("others")));
  hosts->addHost("poems.example", saying("poems"));
  serveHosts();
  EXPECT_THAT(send("GET /a HTTP/1.0\r\n\r\n"), HasSubstr("\r\n\r\nothers a"));
}

/// CVE-2022-39348 of Twisted's NameVirtualHost. A Host of such bytes is refused before; one that
/// may be a host's name by RFC 3986 is not repeated either.
TEST_F(VirtualHostsTest, CVE_2022_39348_The404DoesNotRepeatTheHost) {
  hosts->addHost("poems.example", saying("poems"));
  serveHosts();
  EXPECT_THAT(answer("nobody'&&;knows"), Not(HasSubstr("knows")));
  EXPECT_THAT(answer("%3Cscript%3Ex%3C%2Fscript%3E"), Not(HasSubstr("script")));
  const std::string refused = answer("<script>x</script>");
  EXPECT_THAT(refused, HasSubstr("HTTP/1.1 400 "));
  EXPECT_THAT(refused, Not(HasSubstr("script")));
}

TEST_F(VirtualHostsTest, WhatIsNoHostCannotBeAdded) {
  for (const char* host :
       {"", ":80", "a b", "a/", "a:x", "a:-1", "[::1", "::1", "a..b", "a@b", "http://a", "1.2.3"}) {
    EXPECT_THROW(hosts->addHost(host, saying("")), std::invalid_argument) << host;
  }
  EXPECT_THROW(hosts->addHost("a", std::shared_ptr<Resource>()), std::invalid_argument);
}

TEST_F(VirtualHostsTest, AHostIsAddedOnce) {
  hosts->addHost("a", saying("")).addHost("a:80", saying(""));
  EXPECT_THROW(hosts->addHost("A.", saying("")), std::invalid_argument);
  EXPECT_THROW(hosts->addHost("a:080", saying("")), std::invalid_argument);
}

}  // namespace
}  // namespace couplet
