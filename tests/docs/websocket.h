// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// Around the listings of docs/guide/websocket.md that are statements.
#pragma once

#include <memory>

#include <couplet/protocols/websocket/websocket_resource.h>
#include <couplet/reactor/reactor.h>

using namespace couplet;

void listing(Reactor& reactor, std::shared_ptr<WebSocketResource> sockets) {
  // BLOCK
}
