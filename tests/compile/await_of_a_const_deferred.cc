// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A const Deferred that is awaited, which would consume it.
#include <string>

#include <couplet/deferred/deferred.h>

using namespace couplet;

Deferred<std::string> poem();

#ifdef COUPLET_WRITE_IT_RIGHT
Deferred<std::size_t> use() {
  auto deferred = poem();
  std::string text = co_await std::move(deferred);
  co_return text.size();
}
#else
Deferred<std::size_t> use() {
  const auto deferred = poem();
  std::string text = co_await deferred;
  co_return text.size();
}
#endif
