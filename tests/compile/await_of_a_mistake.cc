// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A mistake in a chain that is awaited: the await adds no second error.
#include <string>

#include <couplet/deferred/deferred.h>

using namespace couplet;

Deferred<std::string> poem();

#ifdef COUPLET_WRITE_IT_RIGHT
Deferred<std::size_t> use() {
  std::size_t size =
      co_await poem().addCallback([](const std::string& poem) { return poem.size(); });
  co_return size;
}
#else
Deferred<std::size_t> use() {
  std::size_t size = co_await poem().addCallback([](int number) { return number; });
  co_return size;
}
#endif
