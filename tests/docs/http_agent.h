// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// Around the statements of docs/guide/http-client.md.
#pragma once

#include <iostream>
#include <memory>

#include <couplet/protocols/http/agent.h>
#include <couplet/reactor/protocol.h>
#include <couplet/reactor/reactor.h>

using namespace couplet;

class PoetryProtocol : public Protocol {};

inline void listing(std::unique_ptr<Reactor>& reactor) {
  // BLOCK
}
