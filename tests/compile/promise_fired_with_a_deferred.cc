// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// Deferred 10: A Promise that is fired with a Deferred.
#include <string>

#include <couplet/deferred/deferred.h>

using namespace couplet;

Deferred<std::string> poem();

#ifdef COUPLET_WRITE_IT_RIGHT
void use(Promise<std::string> promise) {
  poem().addCallback([promise = std::move(promise)](std::string poem) mutable {
    promise.callback(std::move(poem));
  });
}
#else
void use(Promise<std::string> promise) { promise.callback(poem()); }
#endif
