// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// An item that is the answer, and not who gives it.
#include <couplet/deferred/concurrently.h>

using namespace couplet;

Deferred<int> multiply(int x, int y);

#ifdef COUPLET_WRITE_IT_RIGHT
Deferred<void> use() {
  auto [sum, product] = co_await concurrently([] { return 1; }, [] { return multiply(2, 3); });
  static_cast<void>(sum);
  static_cast<void>(product);
}
#else
Deferred<void> use() {
  auto [sum, product] = co_await concurrently(1, [] { return multiply(2, 3); });
  static_cast<void>(sum);
  static_cast<void>(product);
}
#endif
