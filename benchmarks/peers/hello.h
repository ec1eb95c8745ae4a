// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What the peers of HTTP in C++ have in common.
#pragma once

#include <cstdio>

namespace peers {

/// The body of each answer.
inline constexpr char kHello[] = "Hello, world!";
inline constexpr int kHelloBytes = sizeof kHello - 1;

/// Tells whoever started it that the server may be asked.
inline void announceHTTP(int port) {
  std::printf("Serving HTTP on 127.0.0.1:%d.\n", port);
  std::fflush(stdout);
}

}  // namespace peers
