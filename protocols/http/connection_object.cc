// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/connection_object.h>

#include <utility>

namespace couplet {

std::shared_ptr<ConnectionObject> ConnectionObjects::find(const Transport& connection,
                                                          const void* owner) const {
  const auto all = kept_.find(&connection);
  if (all == kept_.end()) return nullptr;
  for (const Kept& kept : all->second) {
    if (kept.owner == owner) return kept.object;
  }
  return nullptr;
}

void ConnectionObjects::keep(const Transport& connection, const void* owner,
                             std::shared_ptr<ConnectionObject> object) {
  std::vector<Kept>& all = kept_[&connection];
  std::erase_if(all, [owner](const Kept& kept) { return kept.owner == owner; });
  all.push_back({owner, std::move(object)});
}

void ConnectionObjects::tellEnd(const Transport& connection, bool byThisSide) {
  const auto ended = kept_.extract(&connection);
  if (ended.empty()) return;
  for (const Kept& kept : ended.mapped()) kept.object->connectionEnded(byThisSide);
}

}  // namespace couplet
