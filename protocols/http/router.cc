// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/router.h>

#include <algorithm>
#include <functional>
#include <map>
#include <stdexcept>
#include <utility>

#include <couplet/protocols/http/detail/path_segments.h>
#include <couplet/protocols/http/percent.h>

namespace couplet {

using detail::PathSegments;

namespace {

[[noreturn]] void refuse(std::string_view pattern, const char* why) {
  throw std::invalid_argument("route " + std::string(pattern) + ": " + why);
}

}  // namespace

/// What may follow a segment, and who answers where the path ends.
struct Router::Node {
  struct Route {
    std::string method;
    Handler handler;
    std::vector<std::string> names;  // of the params, in order
  };

  Route* find(std::string_view method) {
    for (Route& route : routes) {
      if (route.method == method) return &route;
    }
    return nullptr;
  }

  std::string allowed() const {
    std::string methods;
    const auto allow = [&](std::string_view method) {
      methods.append(methods.empty() ? "" : ", ").append(method);
    };
    for (const Route& route : routes) {
      allow(route.method);
      if (route.method == "GET") allow("HEAD");
    }
    allow("OPTIONS");
    return methods;
  }

  std::map<std::string, std::unique_ptr<Node>, std::less<>> literal;
  std::unique_ptr<Node> named;
  std::unique_ptr<Node> rest;
  std::vector<Route> routes;
};

namespace {

/// Goes down the tree for one request, first match first; remembers what named segments hold.
template <class Node>
class Search {
 public:
  /// The node where the path ends, with routes; null for none.
  Node* from(Node& node, PathSegments path) {
    if (path.ended()) return node.routes.empty() ? nullptr : &node;
    const std::string_view whole = path.left();
    const std::string segment = path.takeDecoded();
    if (const auto next = node.literal.find(segment); next != node.literal.end()) {
      if (Node* found = from(*next->second, path)) return found;
    }
    if (node.named && isPlainSegment(segment)) {
      values.push_back(segment);
      if (Node* found = from(*node.named, path)) return found;
      values.pop_back();
    }
    if (!node.rest || node.rest->routes.empty()) return nullptr;
    values.emplace_back(whole);
    return node.rest.get();
  }

  std::vector<std::string> values;
};

Response allowing(int status, const std::string& methods) {
  Response response = status == 405 ? Response::error(405) : Response(status);
  response.headers.add("Allow", methods);
  return response;
}

}  // namespace

Router::Router() : root_(std::make_unique<Node>()) {}

Router::Router(Router&& other) noexcept : root_(std::move(other.root_)) {}

Router::~Router() = default;

Router& Router::get(std::string_view pattern, Handler handler) {
  return add("GET", pattern, std::move(handler));
}
Router& Router::post(std::string_view pattern, Handler handler) {
  return add("POST", pattern, std::move(handler));
}
Router& Router::put(std::string_view pattern, Handler handler) {
  return add("PUT", pattern, std::move(handler));
}
Router& Router::patch(std::string_view pattern, Handler handler) {
  return add("PATCH", pattern, std::move(handler));
}
Router& Router::del(std::string_view pattern, Handler handler) {
  return add("DELETE", pattern, std::move(handler));
}

Router& Router::add(std::string_view method, std::string_view pattern, Handler handler) {
  if (!pattern.starts_with('/')) refuse(pattern, "does not begin with a slash");
  if (!handler) refuse(pattern, "has no handler");
  std::vector<std::string> names;
  Node* node = root_.get();
  PathSegments left(pattern.substr(1));
  while (!left.ended()) {
    const std::string_view segment = left.take();
    const bool isRest = segment.starts_with('*');
    const bool isNamed = segment.starts_with(':');
    std::unique_ptr<Node>& next = isRest    ? node->rest
                                  : isNamed ? node->named
                                            : node->literal[std::string(segment)];
    if (!next) next = std::make_unique<Node>();
    node = next.get();
    if (isRest && !left.ended()) refuse(pattern, "has something behind its rest");
    if (!isRest && !isNamed) continue;
    std::string name(segment.substr(1));
    if (name.empty()) refuse(pattern, "has a name that is empty");
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      refuse(pattern, "has one name twice");
    }
    names.push_back(std::move(name));
  }
  if (node->find(method)) refuse(pattern, "has a handler for this method already");
  node->routes.push_back({std::string(method), std::move(handler), std::move(names)});
  return *this;
}

Answer Router::render(Request& request) {
  Search<Node> search;
  Node* node = search.from(*root_, PathSegments(request.unclaimed()));
  if (!node) throw HTTPError(404);
  Node::Route* route = node->find(request.method());
  if (!route && request.method() == "HEAD") route = node->find("GET");
  if (!route) return allowing(request.method() == "OPTIONS" ? 204 : 405, node->allowed());
  request.clearParams();
  for (std::size_t i = 0; i < route->names.size(); ++i) {
    request.addParam(route->names[i], std::move(search.values[i]));
  }
  return route->handler(request);
}

}  // namespace couplet
