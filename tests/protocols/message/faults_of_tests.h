// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A fault of an application's own.
#pragma once

#include <couplet/protocols/message/faults.h>

namespace couplet {

struct DivideByZero : FaultOf<DivideByZero> {
  DivideByZero() : FaultOf("cannot divide by zero", "the divisor is 0") {}

  double dividend = 0;
  static constexpr int kStatus = 422;
  static constexpr auto kMessage =
      faultMessage("crunch_api.DivideByZero", member("dividend", &DivideByZero::dividend));
};

}  // namespace couplet
