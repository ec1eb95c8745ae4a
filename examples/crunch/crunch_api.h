// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What crunch_server answers: its clients know no more of it.
#pragma once

#include <couplet/protocols/message/api.h>
#include <couplet/protocols/message/fault.h>
#include <couplet/protocols/message/message.h>

namespace crunch_api {

// [multiply]
struct Multiply {
  double x = 0.0;
  double y = 0.0;

  static constexpr auto kMessage =
      couplet::message("crunch_api.Multiply", couplet::member("x", &Multiply::x),
                       couplet::member("y", &Multiply::y));
};
// [others]

struct Divide {
  double x = 0.0;
  double y = 0.0;

  static constexpr auto kMessage = couplet::message(
      "crunch_api.Divide", couplet::member("x", &Divide::x), couplet::member("y", &Divide::y));
};

struct Output {
  double value = 0.0;

  static constexpr auto kMessage =
      couplet::message("crunch_api.Output", couplet::member("value", &Output::value));
};

// [fault]
struct DivideByZero : couplet::FaultOf<DivideByZero> {
  DivideByZero() : FaultOf("cannot divide by zero") {}

  static constexpr int kStatus = 422;
  static constexpr auto kMessage = couplet::faultMessage("crunch_api.DivideByZero");
};
// [list]

using Requests = couplet::Requests<Multiply, Divide>;

}  // namespace crunch_api
