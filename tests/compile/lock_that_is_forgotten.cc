// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A lock that is asked for and not waited for. A warning, which is an error here.
#pragma GCC diagnostic error "-Wunused-result"
#include <couplet/deferred/deferred_lock.h>

using namespace couplet;

Deferred<void> work();

#ifdef COUPLET_WRITE_IT_RIGHT
Deferred<void> use(DeferredLock& lock) {
  Acquired held = co_await lock.acquire();
  co_await work();
}
#else
Deferred<void> use(DeferredLock& lock) {
  lock.acquire();
  co_await work();
}
#endif
