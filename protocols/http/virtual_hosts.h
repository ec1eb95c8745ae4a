// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Several sites behind one port, by the name that the client asks for. Twisted's NameVirtualHost.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <couplet/protocols/http/resource.h>
#include <couplet/protocols/http/router.h>

#pragma GCC visibility push(default)
namespace couplet {

/// The root of a Site that has another root for each host.
///
///     auto hosts = std::make_shared<VirtualHosts>();
///     hosts->addHost("poems.example", std::move(poems));
///     hosts->addHost("admin.example:8443", std::move(admin));
///     reactor->listenTCP(8080, std::make_shared<Site>(hosts));
///
/// Names are compared whatever their case, with or without a dot at their end; IPv6 addresses
/// whatever their spelling, in brackets. A host that was not added is a 404, which does not repeat
/// its name.
class VirtualHosts : public Resource {
 public:
  /// `others` answers for all hosts that were not added, and for clients of HTTP/1.0 that name
  /// none.
  explicit VirtualHosts(std::shared_ptr<Resource> others = nullptr) : others_(std::move(others)) {}

  /// `host` with a port is for that port alone, and goes before the same one without, which is for
  /// any. The port is what clients name: they leave out their scheme's own, 80 of http. Throws
  /// std::invalid_argument when `host` is none, or was added before, and for null.
  VirtualHosts& addHost(std::string_view host, std::shared_ptr<Resource> resource);
  VirtualHosts& addHost(std::string_view host, Router router);

  std::shared_ptr<Resource> getChild(std::string_view segment, Request& request) override;

 private:
  using HostAndPort = std::pair<std::string, std::string>;  // the port empty where there is none

  std::shared_ptr<Resource> find(std::string_view host) const;

  std::map<HostAndPort, std::shared_ptr<Resource>> hosts_;
  std::shared_ptr<Resource> others_;  // may be null
};

}  // namespace couplet
#pragma GCC visibility pop
