// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The tree of things that a site has, by the segments of their paths. Twisted's Resource.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <couplet/protocols/http/request.h>
#include <couplet/protocols/http/response.h>

#pragma GCC visibility push(default)
namespace couplet {

/// When a request with a body is given to `render`.
enum class BodyWanted : std::uint8_t {
  kWhole,      ///< when its body has come, which `request.body()` has then
  kAsItComes,  ///< with its head; `request.incoming()` gives the body, of any length
  kNot,        ///< with its head; a client that asks whether to send the body is answered without
};

/// What has a path. `/poems/ecstasy` is root.getChild("poems").getChild("ecstasy"), then `render`.
class Resource {
 public:
  Resource() = default;
  Resource(const Resource&) = delete;
  Resource& operator=(const Resource&) = delete;
  virtual ~Resource() = default;

  /// True for one that answers for every path below its own; `request.unclaimed()` is what is left
  /// of the path then. `getChild` is not asked.
  virtual bool isLeaf() const { return false; }

  /// What is below by the name of this segment, decoded: "" for `/poems/` below `/poems`. Null for
  /// nothing, which is a 404. By default what `putChild` was given.
  virtual std::shared_ptr<Resource> getChild(std::string_view segment, Request& request);

  /// Puts `child` below this one, in the place of one that was there.
  void putChild(std::string segment, std::shared_ptr<Resource> child);

  /// When `render` is to be called, for a request with a body that has this for its resource.
  virtual BodyWanted bodyWanted(Request&) { return BodyWanted::kWhole; }

  /// Answers. What it throws becomes an error page: that of an HTTPError, else a 500. By default a
  /// 404.
  virtual Answer render(Request& request);

 private:
  std::map<std::string, std::shared_ptr<Resource>, std::less<>> children_;
};

/// The one below `root` that answers for the path of `request`, or null. Segments are decoded
/// before they are looked up; throws HTTPError(400) for one that cannot be.
std::shared_ptr<Resource> findResource(std::shared_ptr<Resource> root, Request& request);

}  // namespace couplet
#pragma GCC visibility pop
