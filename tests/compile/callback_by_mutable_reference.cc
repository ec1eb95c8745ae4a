// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A callback that wants to change the value in its place.
#include <string>

#include <couplet/deferred/deferred.h>

using namespace couplet;

Deferred<std::string> poem();

#ifdef COUPLET_WRITE_IT_RIGHT
void use() {
  poem().addCallback([](std::string poem) { return poem += "!"; });
}
#else
void use() {
  poem().addCallback([](std::string& poem) { return poem += "!"; });
}
#endif
