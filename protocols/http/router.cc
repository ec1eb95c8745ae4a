// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/router.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <couplet/protocols/http/detail/copy_text.h>
#include <couplet/protocols/http/detail/path_segments.h>
#include <couplet/protocols/http/percent.h>

namespace couplet {

using detail::PathSegments;

namespace {

[[noreturn]] void refuse(std::string_view pattern, const char* why) {
  throw std::invalid_argument("route " + std::string(pattern) + ": " + why);
}

/// The nodes of patterns without names, by their whole paths: found sooner than segment by segment.
/// Not complete.
template <class Node>
class WholePaths {
 public:
  /// REQUIRES: `node` outlives this
  void add(std::string_view path, Node& node) {
    if (path.size() >= kLong || path.find('%') != path.npos || find(path)) return;
    std::vector<Entry>& same = ofSize_[path.size()];
    if (same.size() < kMost) same.push_back({std::string(path), &node});
  }

  [[gnu::always_inline]] Node* find(std::string_view path) const noexcept {
    if (path.size() >= kLong) return nullptr;
    for (const Entry& entry : ofSize_[path.size()]) {
      if (detail::sameText(entry.path, path)) return entry.node;
    }
    return nullptr;
  }

 private:
  static constexpr std::size_t kLong = 64;
  static constexpr std::size_t kMost = 8;  // of one size are soon looked through

  struct Entry {
    std::string path;
    Node* node;
  };

  std::array<std::vector<Entry>, kLong> ofSize_;
};

}  // namespace

/// What may follow a segment, and who answers where the path ends.
struct Router::Node {
  /// What stands in the place of a name.
  struct Param {
    std::string name;
    std::size_t segment;  // of the path, from 0
    bool isRest;
  };

  struct Route {
    std::string method;
    Handler handler;
    std::vector<Param> params;  // in order
    BodyWanted body;
  };

  struct Literal {
    std::string text;
    std::unique_ptr<Node> node;
  };

  [[gnu::always_inline]] Route* find(std::string_view method) {
    for (Route& route : routes) {
      if (detail::sameText(route.method, method)) return &route;
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

  Node* literal(std::string_view text) {
    if (literals.size() > kFew) {
      const auto place = placeOf(text);
      return place != literals.end() && place->text == text ? place->node.get() : nullptr;
    }
    for (Literal& literal : literals) {
      if (literal.text == text) return literal.node.get();
    }
    return nullptr;
  }
  std::unique_ptr<Node>& makeLiteral(std::string_view text) {
    auto place = placeOf(text);
    if (place == literals.end() || place->text != text) {
      place = literals.insert(place, {std::string(text), nullptr});
    }
    return place->node;
  }

  std::vector<Literal> literals;  // short ones first, those of one length by their bytes
  std::unique_ptr<Node> named;
  std::unique_ptr<Node> rest;
  std::vector<Route> routes;

 private:
  static constexpr std::size_t kFew = 16;  // are found soonest one after the other

  /// Where `text` is among the literals, or would be.
  std::vector<Literal>::iterator placeOf(std::string_view text) {
    return std::lower_bound(literals.begin(), literals.end(), text, isBefore);
  }
  static bool isBefore(const Literal& literal, std::string_view text) noexcept {
    if (literal.text.size() != text.size()) return literal.text.size() < text.size();
    return literal.text < text;
  }
};

/// All routes.
struct Router::Table {
  /// The node for a path, with routes: the first match. Null for none.
  Node* find(std::string_view path);
  Node* findBySegments(std::string_view path);

  Node root;
  WholePaths<Node> literals;
};

namespace {

/// Takes segments of a path that has nothing encoded in it.
struct Plainly {
  std::string_view takeFrom(PathSegments& path) noexcept { return path.take(); }
};

/// Takes segments of any path; the last one is valid until the next.
struct Decoding {
  std::string_view takeFrom(PathSegments& path) { return path.takeDecoded(storage); }

  std::string storage;
};

/// The node below `node` where the path ends, with routes: the first match. Null for none.
template <class Segments, class Node>
Node* findNode(Node* node, PathSegments path) {
  Segments segments;
  while (!path.ended()) {
    const std::string_view segment = segments.takeFrom(path);
    Node* next = node->literal(segment);
    if (next && (node->named || node->rest)) {
      if (Node* found = findNode<Segments>(next, path)) return found;
      next = nullptr;
    }
    if (!next && node->named && isPlainSegment(segment)) {
      next = node->named.get();
      if (node->rest) {
        if (Node* found = findNode<Segments>(next, path)) return found;
        next = nullptr;
      }
    }
    if (!next) return node->rest && !node->rest->routes.empty() ? node->rest.get() : nullptr;
    node = next;
  }
  return node->routes.empty() ? nullptr : node;
}

/// Tells the request what stands in the places of the names.
template <class Params>
void setParams(Request& request, const Params& params) {
  request.clearParams();
  if (params.empty()) return;
  PathSegments path(request.unclaimed());
  std::size_t segment = 0;
  for (const auto& param : params) {
    for (; segment < param.segment; ++segment) path.take();
    if (param.isRest) return request.addParam(param.name, path.left());
    ++segment;
    std::string storage;
    const std::string_view value = path.takeDecoded(storage);
    const bool inPath = value.data() != storage.data();
    inPath ? request.addParam(param.name, value)
           : request.addDecodedParam(param.name, std::move(storage));
  }
}

/// To a method that nobody answers.
Response answerWith(const std::string& methods, std::string_view asked) {
  Headers headers{{"Allow", methods}};
  if (asked != "OPTIONS") throw HTTPError(405, "", std::move(headers));
  Response response(204);
  response.headers = std::move(headers);
  return response;
}

}  // namespace

[[gnu::always_inline]] inline Router::Node* Router::Table::find(std::string_view path) {
  Node* const node = literals.find(path);
  return node ? node : findBySegments(path);
}

[[gnu::noinline]] Router::Node* Router::Table::findBySegments(std::string_view path) {
  const bool plain = path.find('%') == path.npos;
  return plain ? findNode<Plainly>(&root, PathSegments(path))
               : findNode<Decoding>(&root, PathSegments(path));
}

Router::Router() : table_(std::make_unique<Table>()) {}

Router::Router(Router&& other) noexcept : table_(std::move(other.table_)) {}

Router::~Router() = default;

Router& Router::get(std::string_view pattern, Handler handler, BodyWanted body) {
  return add("GET", pattern, std::move(handler), body);
}
Router& Router::post(std::string_view pattern, Handler handler, BodyWanted body) {
  return add("POST", pattern, std::move(handler), body);
}
Router& Router::put(std::string_view pattern, Handler handler, BodyWanted body) {
  return add("PUT", pattern, std::move(handler), body);
}
Router& Router::patch(std::string_view pattern, Handler handler, BodyWanted body) {
  return add("PATCH", pattern, std::move(handler), body);
}
Router& Router::del(std::string_view pattern, Handler handler, BodyWanted body) {
  return add("DELETE", pattern, std::move(handler), body);
}

Router& Router::add(std::string_view method, std::string_view pattern, Handler handler,
                    BodyWanted body) {
  if (!pattern.starts_with('/')) refuse(pattern, "does not begin with a slash");
  if (!handler) refuse(pattern, "has no handler");
  std::vector<Node::Param> params;
  Node* node = &table_->root;
  PathSegments left(pattern.substr(1));
  for (std::size_t index = 0; !left.ended(); ++index) {
    const std::string_view segment = left.take();
    const bool isRest = segment.starts_with('*');
    const bool isNamed = segment.starts_with(':');
    std::unique_ptr<Node>& next = isRest    ? node->rest
                                  : isNamed ? node->named
                                            : node->makeLiteral(segment);
    if (!next) next = std::make_unique<Node>();
    node = next.get();
    if (isRest && !left.ended()) refuse(pattern, "has something behind its rest");
    if (!isRest && !isNamed) continue;
    const std::string_view name = segment.substr(1);
    if (name.empty()) refuse(pattern, "has a name that is empty");
    const auto isSame = [&](const Node::Param& other) { return other.name == name; };
    if (std::any_of(params.begin(), params.end(), isSame)) refuse(pattern, "has one name twice");
    params.push_back({std::string(name), index, isRest});
  }
  if (node->find(method)) refuse(pattern, "has a handler for this method already");
  if (params.empty()) table_->literals.add(pattern.substr(1), *node);
  node->routes.push_back({std::string(method), std::move(handler), std::move(params), body});
  return *this;
}

BodyWanted Router::bodyWanted(Request& request) {
  Node* node = table_->find(request.unclaimed());
  const Node::Route* route = node ? node->find(request.method()) : nullptr;
  return route ? route->body : BodyWanted::kNot;
}

Answer Router::render(Request& request) {
  Node* node = table_->find(request.unclaimed());
  if (!node) throw HTTPError(404);
  Node::Route* route = node->find(request.method());
  if (!route && request.method() == "HEAD") route = node->find("GET");
  if (!route) return answerWith(node->allowed(), request.method());
  setParams(request, route->params);
  return route->handler(request);
}

}  // namespace couplet
