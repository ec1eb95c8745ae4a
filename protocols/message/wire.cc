// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/wire.h>

namespace couplet {

void appendWire(std::string& out, const Fault& fault) {
  detail::writeWire(out, fault.name(), fault.messageType(), fault.message());
}

}  // namespace couplet
