// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/circuit/static_mesh.h"

#include <algorithm>
#include <iterator>

#include "examples/circuit/board.h"

namespace circuit {

using couplet::Address;
using couplet::Deferred;
using couplet::Promise;

StaticMesh::StaticMesh(std::ostream& out, const Nodes& nodes) : out_(out) {
  for (const auto& [name, where] : nodes) add(name, where);
}

Deferred<void> StaticMesh::announce(std::string name, Address where) {
  add(name, std::move(where));
  tellWatchers(name);
  return couplet::succeed();
}

void StaticMesh::add(const std::string& name, Address where) {
  Addresses& known = nodes_[name];
  if (std::find(known.begin(), known.end(), where) != known.end()) return;
  if (known.empty()) say(out_, "mesh", "registering new node: " + name);
  known.push_back(std::move(where));
}

Deferred<void> StaticMesh::withdraw(std::string name, Address where) {
  std::erase(nodes_[name], where);
  tellWatchers(name);
  return couplet::succeed();
}

Deferred<Address> StaticMesh::pick(std::string name) {
  const auto found = nodes_.find(name);
  if (found == nodes_.end() || found->second.empty())
    return couplet::fail<Address>(UnknownNodeError(name));
  return couplet::succeed(found->second.front());
}

Deferred<Mesh::Addresses> StaticMesh::watch(std::string name, Addresses known) {
  const Addresses& now = nodes_[name];
  if (now != known) return couplet::succeed(now);
  watchers_.push_back(Watcher{std::move(name), std::move(known), Promise<Addresses>()});
  const auto place = std::prev(watchers_.end());
  place->promise = Promise<Addresses>([this, place] { watchers_.erase(place); });
  return place->promise.deferred();
}

void StaticMesh::tellWatchers(const std::string& name) {
  const Addresses now = nodes_[name];
  std::vector<Promise<Addresses>> told;  // first, since who is told may watch again
  for (auto watcher = watchers_.begin(); watcher != watchers_.end();) {
    if (watcher->name == name && watcher->known != now) {
      told.push_back(std::move(watcher->promise));
      watcher = watchers_.erase(watcher);
    } else {
      ++watcher;
    }
  }
  for (auto& promise : told) promise.callback(now);
}

}  // namespace circuit
