// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/address.h>

#include <ostream>

namespace couplet {

std::string Address::toString() const {
  bool bracketed = host.find(':') != std::string::npos;
  return (bracketed ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::ostream& operator<<(std::ostream& out, const Address& address) {
  return out << address.toString();
}

}  // namespace couplet
