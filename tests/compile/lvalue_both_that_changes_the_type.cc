// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A function of addBoth on an lvalue that answers another type.
#include <string>

#include <couplet/deferred/deferred.h>

using namespace couplet;

#ifdef COUPLET_WRITE_IT_RIGHT
void use(Deferred<std::string>& poem) {
  std::move(poem).addBoth([](Result<std::string>) { return 1; }).addCallback([](int) {});
}
#else
void use(Deferred<std::string>& poem) {
  poem.addBoth([](Result<std::string>) { return 1; }).addCallback([](int) {});
}
#endif
