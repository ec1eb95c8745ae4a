// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. What the sockets of one LibeventReactor share.
#pragma once

#include <array>
#include <cstddef>

#include <couplet/reactor/detail/connection_loop.h>
#include <couplet/reactor/detail/event_loop.h>
#include <couplet/reactor/detail/resolver.h>

namespace couplet::detail {

struct Sockets {
  EventLoop& events;
  ConnectionLoop& connections;
  Resolver& resolver;

  /// What every connection reads into: `dataReceived` gets views of it.
  std::array<char, 64 * 1024> input;
};

}  // namespace couplet::detail
