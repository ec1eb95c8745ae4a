// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// An item that wants an argument, which nobody has for it.
#include <couplet/deferred/concurrently.h>

using namespace couplet;

Deferred<int> multiply(int x, int y);

#ifdef COUPLET_WRITE_IT_RIGHT
Deferred<void> use() {
  co_await concurrently([] { return multiply(1, 2); }, [] { return multiply(2, 3); });
}
#else
Deferred<void> use() {
  co_await concurrently([](int x) { return multiply(x, 2); }, [] { return multiply(2, 3); });
}
#endif
