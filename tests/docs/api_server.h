// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What the listings of docs/guide/api-server.md stand in.
#pragma once

#include <iostream>

#include <couplet/protocols/message/json.h>
#include <couplet/protocols/message/text.h>

using namespace couplet;

struct Multiply {
  double x = 0.0;
  double y = 0.0;

  static constexpr auto kMessage =
      message("crunch_api.Multiply", member("x", &Multiply::x), member("y", &Multiply::y));
};

int main() {
  // BLOCK
}
