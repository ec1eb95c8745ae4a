// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// For tests: the edge between the reactor and the system, where calls can be made to fail. The
// linker leads the library's calls here (--wrap), and libevent's find these first; see
// couplet_fault_test in CMakeLists.txt.
#pragma once

#include <string_view>

namespace couplet {

/// Calls of the system that fail: `times` of them, from the `nth` on, with `error`.
struct Fault {
  std::string_view call;  ///< such as "recv"; "send" is sendmsg, too
  int error = 0;          ///< an errno value; of getaddrinfo an EAI_ value
  int nth = 1;
  int times = 1;
};

/// Makes these calls fail, instead of those that were to fail before. From any thread, as the
/// next.
void inject(const Fault& fault);

/// Ends that. True when all of the calls failed that were to.
bool endFault();

/// How many of the calls are yet to fail.
int faultsLeft();

/// How many calls of `call` there were since the last `inject`, while it names that call.
int callsSeen();

}  // namespace couplet
