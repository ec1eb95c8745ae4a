// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/source_location.h>

#include <ostream>

namespace couplet {

std::ostream& operator<<(std::ostream& out, const SourceLocation& location) {
  return out << location.file << ':' << location.line;
}

}  // namespace couplet
