// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// An errback that does not take a Failure.
#include <string>

#include <couplet/deferred/deferred.h>

using namespace couplet;

Deferred<std::string> poem();

#ifdef COUPLET_WRITE_IT_RIGHT
void use() {
  poem().addErrback([](const Failure&) { return "no poem"; }).addCallback([](std::string) {});
}
#else
void use() {
  poem().addErrback([](const std::string&) { return "no poem"; }).addCallback([](std::string) {});
}
#endif
