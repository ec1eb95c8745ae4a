// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A callback that takes nothing of a Deferred that gives something.
#include <string>

#include <couplet/deferred/deferred.h>

using namespace couplet;

Deferred<std::string> poem();

#ifdef COUPLET_WRITE_IT_RIGHT
void use() {
  poem().addCallback([](const std::string&) {}).addErrback([](const Failure&) {});
}
#else
void use() {
  poem().addCallback([] {}).addErrback([](const Failure&) {});
}
#endif
