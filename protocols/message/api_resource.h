// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// An Api by HTTP: for curl, browsers, and programs in any language.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <couplet/protocols/http/site.h>
#include <couplet/protocols/message/api.h>
#include <couplet/protocols/message/json.h>

#pragma GCC visibility push(default)
namespace couplet {

/// Answers `/Multiply?x=1.5&y=2.25`, below where it is put.
///
/// The members of a request come in the query, in a form, or in JSON, wrapped
/// (`{"value":{"x":1.5,"y":2.25}}`) or bare, by GET or POST. The answer is
/// `{"value":["crunch_api.Output",{"value":3.375},[]]}`, of a fault likewise, with its status. A
/// member that comes twice is an error wherever it comes; those of JSON must all be in the JSON. In
/// a query or form, `m=` makes an optional nothing, unless it may be an empty text.
///
/// Tells of itself, by GET, in its order. `/` lists the requests, and the messages that are in them
/// or answer them, those by a key that is their name unless two have the same:
///
///     {"requests":[{"name":"crunch_api.Multiply","path":"Multiply",
///                   "members":[{"name":"x","type":{"type":"number","format":"double"},
///                               "default":0.0},...],
///                   "answer":"crunch_api.Output"},...],
///      "messages":{"crunch_api.Output":{"name":"crunch_api.Output","members":[...]},...}}
///
/// A type is a JSON Schema, of a message `{"$ref":"#/messages/crunch_api.Output"}`. A default that
/// JSON does not have, as NaN, is left out. To a client that prefers text/html, `/` is a page with
/// a form for each request instead. `/openapi.json` is a document of OpenAPI 3.1. A message whose
/// whole name is `openapi.json` is asked for as `/json`.
class ApiResource : public Resource {
 public:
  explicit ApiResource(std::shared_ptr<const Api> api, JSONLimits limits = {});

  bool isLeaf() const override { return true; }
  Answer render(Request& request) override;

 private:
  Answer answer(Request& request);
  /// What the Api keeps for the connection.
  std::shared_ptr<void> sessionOf(Request& request) const;
  /// By the path, as it is sent: null for none.
  detail::ApiRequest* find(std::string_view path) const;
  Response describe(const Request& request) const;

  std::shared_ptr<const Api> api_;
  JSONLimits limits_;
  std::string listing_;
  std::string openAPI_;
  std::string page_;
};

/// The fault that a site's own error is: see SiteOptions::errorPage.
Response faultPage(int status, std::string_view why);

/// With faults for error pages.
SiteOptions apiSiteOptions();

/// A site that has nothing else:
///
///     reactor->listenTCP(5051, newApiSite(api));
std::shared_ptr<Site> newApiSite(std::shared_ptr<const Api> api,
                                 SiteOptions options = apiSiteOptions());

}  // namespace couplet
#pragma GCC visibility pop
