// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// HTTP servers on Pistache, with one thread that answers.
#pragma once

#include <pistache/endpoint.h>
#include <pistache/http.h>
#include <unistd.h>

#include <chrono>
#include <memory>

#include "benchmarks/peers/hello.h"

namespace peers {

/// Serves until it is killed.
inline void servePistache(const std::shared_ptr<Pistache::Http::Handler>& handler) {
  using namespace Pistache;
  constexpr std::chrono::hours kIdle(1);
  Http::Endpoint endpoint(Address(Ipv4::loopback(), Port(0)));
  endpoint.init(Http::Endpoint::options()
                    .threads(1)
                    .flags(Tcp::Options::NoDelay)
                    .headerTimeout(kIdle)
                    .bodyTimeout(kIdle)
                    .keepaliveTimeout(kIdle));
  endpoint.setHandler(handler);
  endpoint.serveThreaded();
  announceHTTP(endpoint.getPort());
  for (;;) pause();
}

}  // namespace peers
