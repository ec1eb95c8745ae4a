// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// An errback that returns nothing, where the chain goes on with a value.
#include <string>

#include <couplet/deferred/deferred.h>

using namespace couplet;

Deferred<std::string> poem();

#ifdef COUPLET_WRITE_IT_RIGHT
void use() {
  poem().addCallback([](const std::string&) {}).addErrback([](const Failure&) {}).addCallback([] {
  });
}
#else
void use() {
  poem().addErrback([](const Failure&) {}).addCallback([](const std::string&) {}).addCallback([] {
  });
}
#endif
