// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. What the sockets of one LibeventReactor share.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <couplet/deferred/source_location.h>
#include <couplet/reactor/detail/connection_loop.h>
#include <couplet/reactor/detail/event_loop.h>
#include <couplet/reactor/detail/resolver.h>

namespace couplet::detail {

/// Where ports and connectors were asked for. A program has few such places, and a connection
/// little room to remember its own.
class AskedPlaces {
 public:
  using Index = std::uint16_t;

  /// 0, an unknown place, when there are too many.
  Index indexOf(SourceLocation place);
  SourceLocation at(Index index) const noexcept { return places_[index]; }

 private:
  std::vector<SourceLocation> places_{SourceLocation()};
};

struct Sockets {
  EventLoop& events;
  ConnectionLoop& connections;
  Resolver& resolver;
  AskedPlaces asked;

  /// What every connection reads into: `dataReceived` gets views of it.
  std::array<char, 64 * 1024> input;
};

}  // namespace couplet::detail
