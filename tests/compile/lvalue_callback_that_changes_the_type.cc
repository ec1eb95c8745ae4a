// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A callback on an lvalue that answers another type.
#include <string>

#include <couplet/deferred/deferred.h>

using namespace couplet;

#ifdef COUPLET_WRITE_IT_RIGHT
void use(Deferred<std::string>& poem) {
  auto size = std::move(poem).addCallback([](const std::string& poem) { return poem.size(); });
  size.addCallback([](std::size_t size) { return size + 1; });
}
#else
void use(Deferred<std::string>& poem) {
  poem.addCallback([](const std::string& poem) { return poem.size(); })
      .addCallback([](std::size_t size) { return size + 1; });
}
#endif
