// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A fault that has no list of its members.
#include <couplet/protocols/message/fault.h>

struct Refused : couplet::FaultOf<Refused> {
  Refused() : FaultOf("refused") {}
#ifdef COUPLET_WRITE_IT_RIGHT
  static constexpr auto kMessage = couplet::faultMessage("shop.Refused");
#endif
};

void use() { throw Refused(); }
