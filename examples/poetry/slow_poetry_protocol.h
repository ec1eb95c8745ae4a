// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A poem a little at a time.
#pragma once

#include <cstddef>
#include <string_view>

#include <couplet/deferred/clock.h>
#include <couplet/reactor/protocol.h>

#include "serve_poems.h"

namespace poetry {

/// How slow.
struct Pace {
  std::size_t bytes = 10;                                    ///< sent at a time; at least 1
  couplet::Duration delay = std::chrono::milliseconds(700);  ///< between one time and the next
};

/// Sends the poem to whoever connects: some bytes at once, some more after each delay. Closes after
/// the last. Who leaves early ends nobody's poem but their own.
class SlowPoetryProtocol : public couplet::Protocol {
 public:
  SlowPoetryProtocol(WirePoem poem, Pace pace);

  void connectionMade() override;

 private:
  void sendSome();

  WirePoem poem_;
  std::string_view unsent_;  // the rest of *poem_
  Pace pace_;
};

}  // namespace poetry
