// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// Around the handlers of docs/guide/http-server.md.
#pragma once

#include <map>
#include <string>

#include <couplet/protocols/http/site.h>

using namespace couplet;

struct Service {
  Deferred<Response> cummingsify(std::string poem);
};

inline void listing(Router& router, Service& service, std::map<std::string, std::string>& poems) {
  // BLOCK
}
