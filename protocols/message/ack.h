// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The answer to what has none.
#pragma once

#include <couplet/protocols/message/message.h>

#pragma GCC visibility push(default)
namespace couplet {

/// Done.
struct Ack {
  static constexpr auto kMessage = message("couplet.Ack");
};

}  // namespace couplet
#pragma GCC visibility pop
