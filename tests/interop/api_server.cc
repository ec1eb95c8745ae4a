// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Serves the API of every kind, on a port that it names.
#include <iostream>
#include <memory>

#include <couplet/protocols/message/api_resource.h>
#include <couplet/reactor/reactor.h>

#include "tests/protocols/message/every_kind.h"

int main() {
  auto reactor = couplet::newReactor();
  auto root = std::make_shared<couplet::Resource>();
  root->putChild("api", std::make_shared<couplet::ApiResource>(couplet::kinds::newApi()));
  auto port =
      reactor->listenTCP(0, std::make_shared<couplet::Site>(root), {.interface = "127.0.0.1"});
  std::cout << "Serving an API on " << port->getHost() << "." << std::endl;
  reactor->run();
}
