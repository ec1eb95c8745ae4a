// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "plugin.h"

#include <couplet/deferred/deferred.h>

extern "C" void drop(std::string& said) {
  {
    couplet::Promise<void> promise;
    promise.deferred().addErrback([&said](const couplet::Failure& failure) {
      said += failure.check<couplet::AbandonedError>() ? "abandoned;" : "failed;";
    });
  }
  said += "dropped;";
}

extern "C" void run(void (*inside)(std::string& said), std::string& said) {
  couplet::Promise<void> promise;
  promise.deferred().addCallback([&] {
    inside(said);
    said += "over;";
  });
  promise.callback();
}
