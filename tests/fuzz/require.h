// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// How a fuzzer says that what it looks at is wrong.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace couplet::fuzz {

/// Ends the program unless `holds`; `what` is what should be so.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "REQUIRED: %s\n", what);
  std::abort();
}

}  // namespace couplet::fuzz
