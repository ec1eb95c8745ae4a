// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A coroutine that answers another type.
#include <string>

#include <couplet/deferred/deferred.h>

using namespace couplet;

#ifdef COUPLET_WRITE_IT_RIGHT
Deferred<std::string> use(Deferred<int> number) {
  co_return std::to_string(co_await std::move(number));
}
#else
Deferred<std::string> use(Deferred<int> number) { co_return co_await std::move(number); }
#endif
