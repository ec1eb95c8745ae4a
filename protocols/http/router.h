// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Handlers by method and path.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/protocols/http/resource.h>

#pragma GCC visibility push(default)
namespace couplet {

/// A Resource that looks up who answers, by method and by the segments of the path below its own:
///
///     Router router;
///     router.get("/", [](Request&) { return Response::text("Hello, world!"); });
///     router.get("/poems/:name", [&](Request& request) { return poem(*request.param("name")); });
///     router.get("/files/*path", ...);  // the rest, slashes included, undecoded
///
/// A literal segment goes before a named one, and that before a rest, whatever the methods are;
/// segments are compared decoded. A named one is what may name a file or a user: not empty, not
/// "..", without a slash or a control byte in it. HEAD is answered by what answers GET, and OPTIONS
/// with the methods that there are, unless it is said otherwise. Unknown paths are 404, unknown
/// methods 405 with Allow.
class Router : public Resource {
 public:
  Router();
  Router(Router&& other) noexcept;
  ~Router() override;

  // Each throws std::invalid_argument when `pattern` does not begin with a slash, has a rest that
  // is not last, an empty or repeated name, or when there is a handler for it already. `body` is
  // when the handler is called for a request that has one.

  Router& get(std::string_view pattern, Handler handler, BodyWanted body = BodyWanted::kWhole);
  Router& post(std::string_view pattern, Handler handler, BodyWanted body = BodyWanted::kWhole);
  Router& put(std::string_view pattern, Handler handler, BodyWanted body = BodyWanted::kWhole);
  Router& patch(std::string_view pattern, Handler handler, BodyWanted body = BodyWanted::kWhole);
  Router& del(std::string_view pattern, Handler handler, BodyWanted body = BodyWanted::kWhole);
  Router& add(std::string_view method, std::string_view pattern, Handler handler,
              BodyWanted body = BodyWanted::kWhole);

  bool isLeaf() const override { return true; }
  /// What the handler wants; kNot where there is none.
  BodyWanted bodyWanted(Request& request) override;
  Answer render(Request& request) override;

 private:
  struct Node;
  struct Table;

  std::unique_ptr<Table> table_;
};

}  // namespace couplet
#pragma GCC visibility pop
