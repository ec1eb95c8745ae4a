// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// An awaitable of another library in a coroutine that returns a Deferred.
#include <coroutine>

#include <couplet/deferred/deferred.h>

using namespace couplet;

#ifdef COUPLET_WRITE_IT_RIGHT
Deferred<void> use() { co_await succeed(); }
#else
Deferred<void> use() { co_await std::suspend_always(); }
#endif
