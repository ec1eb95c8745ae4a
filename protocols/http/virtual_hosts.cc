// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/virtual_hosts.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include <couplet/protocols/http/detail/character_set.h>
#include <couplet/protocols/http/detail/host.h>

namespace couplet {

namespace {

/// In one spelling, and the port without zeros before it. Nothing for what is no host.
std::optional<std::pair<std::string, std::string>> splitHost(std::string_view text) {
  const std::size_t bracket = text.rfind(']');
  const std::size_t colon = text.find(':', bracket == text.npos ? 0 : bracket);
  std::string_view port = text.substr(std::min(colon, text.size()));
  if (!port.empty()) port.remove_prefix(1);
  if (!detail::kDigits.containsAll(port)) return std::nullopt;
  port.remove_prefix(std::min(port.find_first_not_of('0'), port.size()));
  std::string host;
  if (detail::parseHost(text.substr(0, colon), host) != nullptr) return std::nullopt;
  if (host.ends_with('.')) host.pop_back();
  return std::pair(std::move(host), std::string(port));
}

}  // namespace

VirtualHosts& VirtualHosts::addHost(std::string_view host, std::shared_ptr<Resource> resource) {
  if (!resource) throw std::invalid_argument("addHost: there is no resource");
  auto name = splitHost(host);
  if (!name) throw std::invalid_argument("addHost: not a host: " + std::string(host));
  if (!hosts_.try_emplace(*std::move(name), std::move(resource)).second) {
    throw std::invalid_argument("addHost: added before: " + std::string(host));
  }
  return *this;
}

VirtualHosts& VirtualHosts::addHost(std::string_view host, Router router) {
  return addHost(host, std::make_shared<Router>(std::move(router)));
}

std::shared_ptr<Resource> VirtualHosts::getChild(std::string_view segment, Request& request) {
  auto root = find(request.host());
  if (!root) return nullptr;
  if (!root->isLeaf()) return root->getChild(segment, request);
  request.setUnclaimed(request.path().substr(1));
  return root;
}

std::shared_ptr<Resource> VirtualHosts::find(std::string_view host) const {
  auto name = splitHost(host);
  if (!name) return others_;
  auto found = hosts_.find(*name);
  if (found == hosts_.end()) {
    name->second.clear();
    found = hosts_.find(*name);
  }
  return found == hosts_.end() ? others_ : found->second;
}

}  // namespace couplet
