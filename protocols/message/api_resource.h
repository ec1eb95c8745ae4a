// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// An Api by HTTP: for curl, browsers, and programs in any language.
#pragma once

#include <memory>
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
/// member that comes twice is an error wherever it comes; those of JSON must all be in the JSON.
class ApiResource : public Resource {
 public:
  explicit ApiResource(std::shared_ptr<const Api> api, JSONLimits limits = {});

  bool isLeaf() const override { return true; }
  Answer render(Request& request) override;

 private:
  Answer answer(Request& request);

  std::shared_ptr<const Api> api_;
  JSONLimits limits_;
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
