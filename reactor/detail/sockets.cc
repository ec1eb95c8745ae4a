// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/detail/sockets.h>

#include <algorithm>
#include <limits>

namespace couplet::detail {

AskedPlaces::Index AskedPlaces::indexOf(SourceLocation place) {
  const auto found = std::find(places_.begin(), places_.end(), place);
  if (found != places_.end()) return static_cast<Index>(found - places_.begin());
  if (places_.size() > std::numeric_limits<Index>::max()) return 0;
  places_.push_back(place);
  return static_cast<Index>(places_.size() - 1);
}

}  // namespace couplet::detail
