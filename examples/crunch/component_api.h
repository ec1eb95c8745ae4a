// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What crunch_component answers.
#pragma once

#include <couplet/protocols/message/api.h>
#include <couplet/protocols/message/message.h>

namespace component_api {

/// (a * b) + (c / d)
struct MulDiv {
  double a = 0.0;
  double b = 0.0;
  double c = 0.0;
  double d = 0.0;

  static constexpr auto kMessage = couplet::message(
      "component_api.MulDiv", couplet::member("a", &MulDiv::a), couplet::member("b", &MulDiv::b),
      couplet::member("c", &MulDiv::c), couplet::member("d", &MulDiv::d));
};

/// (a / b) + (c * d)
struct DivMul {
  double a = 0.0;
  double b = 0.0;
  double c = 0.0;
  double d = 0.0;

  static constexpr auto kMessage = couplet::message(
      "component_api.DivMul", couplet::member("a", &DivMul::a), couplet::member("b", &DivMul::b),
      couplet::member("c", &DivMul::c), couplet::member("d", &DivMul::d));
};

using Requests = couplet::Requests<MulDiv, DivMul>;

}  // namespace component_api
