// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A Deferred that is awaited, but not consumed.
#include <string>

#include <couplet/deferred/deferred.h>

using namespace couplet;

#ifdef COUPLET_WRITE_IT_RIGHT
Deferred<std::size_t> use(Deferred<std::string> poem) {
  std::string text = co_await std::move(poem);
  co_return text.size();
}
#else
Deferred<std::size_t> use(Deferred<std::string> poem) {
  std::string text = co_await poem;
  co_return text.size();
}
#endif
