// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A caught base class, of which a Failure would be sliced.
#include <stdexcept>
#include <string>

#include <couplet/deferred/deferred.h>

using namespace couplet;

#ifdef COUPLET_WRITE_IT_RIGHT
void use(Promise<std::string> promise) {
  try {
    throw std::runtime_error("no poem");
  } catch (const std::exception&) {
    promise.errback(Failure::current());
  }
}
#else
void use(Promise<std::string> promise) {
  try {
    throw std::runtime_error("no poem");
  } catch (const std::exception& error) {
    promise.errback(error);
  }
}
#endif
