// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// Inputs of gatherResults that have not begun.
#include <couplet/deferred/gather_results.h>

using namespace couplet;

Deferred<int> multiply(int x, int y);

#ifdef COUPLET_WRITE_IT_RIGHT
Deferred<void> use() {
  auto [a, b] = co_await gatherResults(multiply(1, 2), multiply(2, 3));
  static_cast<void>(a);
  static_cast<void>(b);
}
#else
Deferred<void> use() {
  auto [a, b] = co_await gatherResults(multiply(1, 2), [] { return multiply(2, 3); });
  static_cast<void>(a);
  static_cast<void>(b);
}
#endif
