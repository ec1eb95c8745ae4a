// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// Around the handlers of docs/guide/http-server.md.
#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include <couplet/protocols/http/site.h>
#include <couplet/reactor/reactor.h>

using namespace couplet;
using namespace std::chrono_literals;

struct Service {
  Deferred<Response> cummingsify(std::string poem);
  Deferred<bool> knows(std::string user, std::string password);
};

std::string scream(const std::string& poem);

inline void listing(Reactor& reactor, Router& router, SiteOptions& options, Service& service,
                    std::map<std::string, std::string>& poems, std::shared_ptr<Factory> chat,
                    std::string secret) {
  // BLOCK
}
