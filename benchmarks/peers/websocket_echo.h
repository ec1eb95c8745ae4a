// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What the peers of WebSocket in C++ have in common.
#pragma once

#include <cstddef>
#include <cstdio>

namespace peers {

/// The longest message that is echoed, in bytes.
inline constexpr std::size_t kMaxMessage = 16 * 1024 * 1024;

/// Tells whoever started it that clients may connect.
inline void announceWebSocket(int port) {
  std::printf("Serving WebSocket on 127.0.0.1:%d.\n", port);
  std::fflush(stdout);
}

}  // namespace peers
