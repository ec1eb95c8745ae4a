// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/thread_check.h>

#include <cstdio>
#include <cstdlib>

namespace couplet {

const void* ThreadCheck::thisThread() noexcept {
  static constinit thread_local char tag = 0;
  return &tag;
}

void ThreadCheck::abort(const char* call) noexcept {
  std::fprintf(
      stderr,
      "couplet: %s is called on a thread that is not the reactor's: hand the call over with "
      "Reactor::callFromThread\n",
      call);
  std::abort();
}

}  // namespace couplet
