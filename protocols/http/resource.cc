// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/resource.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <couplet/protocols/http/percent.h>

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
  std::shared_ptr<Resource> resource = std::move(root);
  std::string_view left = request.unclaimed();
  bool more = !request.path().empty();
  while (more && resource && !resource->isLeaf()) {
    const std::size_t end = std::min(left.find('/'), left.size());
    const auto segment = percentDecode(left.substr(0, end));
    if (!segment) throw HTTPError(400, "The path is not percent-encoded as it must be.");
    more = end < left.size();
    left.remove_prefix(more ? end + 1 : end);
    request.setUnclaimed(left);
    resource = resource->getChild(*segment, request);
  }
  return resource;
}

}  // namespace couplet
