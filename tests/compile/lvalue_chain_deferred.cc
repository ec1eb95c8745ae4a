// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// An lvalue that would have nothing afterwards, where its type says that it has a value.
#include <couplet/deferred/deferred.h>

using namespace couplet;

#ifdef COUPLET_WRITE_IT_RIGHT
void use(Deferred<int> number, Promise<int> promise) {
  auto next = std::move(number).chainDeferred(std::move(promise));
}
#else
void use(Deferred<int> number, Promise<int> promise) { number.chainDeferred(std::move(promise)); }
#endif
