// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A Promise<void> that is fired with a value.
#include <string>

#include <couplet/deferred/deferred.h>

using namespace couplet;

#ifdef COUPLET_WRITE_IT_RIGHT
void use(Promise<void> promise) { promise.callback(); }
#else
void use(Promise<void> promise) { promise.callback(5); }
#endif
