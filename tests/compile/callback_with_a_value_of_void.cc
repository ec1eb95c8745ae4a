// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A callback that takes something of a Deferred that gives nothing.
#include <string>

#include <couplet/deferred/deferred.h>

using namespace couplet;

Deferred<void> done();

#ifdef COUPLET_WRITE_IT_RIGHT
void use() {
  done().addCallback([] { return 1; }).addBoth([](Result<int>) {});
}
#else
void use() {
  done().addCallback([](int) { return 1; }).addBoth([](Result<int>) {});
}
#endif
