// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A Promise of another type than the Deferred that is to fire it.
#include <string>

#include <couplet/deferred/deferred.h>

using namespace couplet;

#ifdef COUPLET_WRITE_IT_RIGHT
void use(Deferred<int> number, Promise<std::string> text) {
  std::move(number)
      .addCallback([](int value) { return std::to_string(value); })
      .chainDeferred(std::move(text))
      .addCallback([] {});
}
#else
void use(Deferred<int> number, Promise<std::string> text) {
  std::move(number).chainDeferred(std::move(text)).addCallback([] {});
}
#endif
