// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A poem all at once.
#pragma once

#include <utility>

#include <couplet/reactor/protocol.h>

#include "serve_poems.h"

namespace poetry {

/// Sends the poem to whoever connects, and closes.
class FastPoetryProtocol : public couplet::Protocol {
 public:
  explicit FastPoetryProtocol(WirePoem poem) : poem_(std::move(poem)) {}

  void connectionMade() override {
    transport().write(*poem_);
    transport().loseConnection();
  }

 private:
  WirePoem poem_;
};

}  // namespace poetry
