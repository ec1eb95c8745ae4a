// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A Deferred has begun already: there is no turn for it to wait for.
#include <couplet/deferred/sequentially.h>

using namespace couplet;

Deferred<int> multiply(int x, int y);

#ifdef COUPLET_WRITE_IT_RIGHT
Deferred<void> use() {
  co_await sequentially([] { return multiply(1, 2); }, [] { return multiply(2, 3); });
}
#else
Deferred<void> use() { co_await sequentially(multiply(1, 2), multiply(2, 3)); }
#endif
