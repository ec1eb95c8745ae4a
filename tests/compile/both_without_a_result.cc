// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// The function of addBoth does not take a Result.
#include <string>

#include <couplet/deferred/deferred.h>

using namespace couplet;

Deferred<std::string> poem();

#ifdef COUPLET_WRITE_IT_RIGHT
void use() {
  poem().addBoth([](Result<std::string>) {}).addCallback([] {});
}
#else
void use() {
  poem().addBoth([](const std::string&) {}).addCallback([] {});
}
#endif
