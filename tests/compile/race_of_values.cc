// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A race with who has arrived long ago.
#include <couplet/deferred/race.h>

using namespace couplet;

Deferred<int> multiply(int x, int y);

#ifdef COUPLET_WRITE_IT_RIGHT
Deferred<bool> use() {
  auto first = co_await race(multiply(1, 2), succeed(5));
  co_return first.index() == 0;
}
#else
Deferred<bool> use() {
  auto first = co_await race(multiply(1, 2), 5);
  co_return first;
}
#endif
