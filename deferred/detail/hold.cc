// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/detail/hold.h>

#include <sstream>
#include <stdexcept>

namespace couplet::detail {

void Hold::throwEmpty() const {
  std::ostringstream what;
  what << "couplet: this Deferred is empty";
  if (std::uintptr_t line = bits_ >> kLineShift) {
    auto* file = reinterpret_cast<const char*>(bits_ & ((std::uintptr_t{1} << kLineShift) - 1));
    what << ": it was consumed at " << SourceLocation{file, static_cast<unsigned>(line)};
  }
  throw std::logic_error(what.str());
}

}  // namespace couplet::detail
