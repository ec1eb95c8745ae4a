// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A Promise that is fired with a value of another type.
#include <string>

#include <couplet/deferred/deferred.h>

using namespace couplet;

#ifdef COUPLET_WRITE_IT_RIGHT
void use(Promise<std::string> promise) { promise.callback("poem"); }
#else
void use(Promise<std::string> promise) { promise.callback(5); }
#endif
