// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/resource.h>

#include <stdexcept>
#include <utility>

#include <couplet/protocols/http/detail/path_segments.h>

namespace couplet {

std::shared_ptr<Resource> Resource::getChild(std::string_view segment, Request&) {
  const auto child = children_.find(segment);
  return child == children_.end() ? nullptr : child->second;
}

void Resource::putChild(std::string segment, std::shared_ptr<Resource> child) {
  if (!child) throw std::invalid_argument("putChild: there is no child");
  children_.insert_or_assign(std::move(segment), std::move(child));
}

Answer Resource::render(Request&) { throw HTTPError(404); }

std::shared_ptr<Resource> findResource(std::shared_ptr<Resource> root, Request& request) {
  if (request.path().empty()) return root;
  std::shared_ptr<Resource> resource = std::move(root);
  detail::PathSegments left(request.unclaimed());
  while (!left.ended() && resource && !resource->isLeaf()) {
    const std::string segment = left.takeDecoded();
    request.setUnclaimed(left.left());
    resource = resource->getChild(segment, request);
  }
  return resource;
}

}  // namespace couplet
