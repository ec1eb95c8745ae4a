// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// Inputs of a DeferredList that have not begun.
#include <couplet/deferred/deferred_list.h>

using namespace couplet;

Deferred<int> multiply(int x, int y);

#ifdef COUPLET_WRITE_IT_RIGHT
Deferred<bool> use() {
  auto [a, b] = co_await DeferredList(multiply(1, 2), multiply(2, 3));
  co_return a&& b;
}
#else
Deferred<bool> use() {
  auto [a, b] = co_await DeferredList([] { return multiply(1, 2); }, multiply(2, 3));
  co_return a&& b;
}
#endif
