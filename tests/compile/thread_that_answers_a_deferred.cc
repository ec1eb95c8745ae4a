// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A function for another thread that makes a Deferred there.
#include <couplet/reactor/threads.h>

using namespace couplet;

#ifdef COUPLET_WRITE_IT_RIGHT
void use(ThreadPool& pool) {
  deferToThread(pool, [] { return 5; }).addCallback([](int) {});
}
#else
void use(ThreadPool& pool) {
  deferToThread(pool, [] { return succeed(5); }).addCallback([](int) {});
}
#endif
