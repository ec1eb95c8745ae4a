// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// What runs while the lock is held is given nothing.
#include <couplet/deferred/deferred_lock.h>

using namespace couplet;

#ifdef COUPLET_WRITE_IT_RIGHT
void use(DeferredLock& lock) {
  lock.run([] { return 5; }).addCallback([](int) {});
}
#else
void use(DeferredLock& lock) {
  lock.run([](const Acquired&) { return 5; }).addCallback([](int) {});
}
#endif
