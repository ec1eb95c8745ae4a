// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Asking an Api by the native protocol.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include <couplet/protocols/message/native_protocol.h>
#include <couplet/protocols/message/session.h>

#pragma GCC visibility push(default)
namespace couplet {

class Reactor;

/// A session with the program at `host` and `port`, when the connection stands and the other side
/// has said hello; NotConnected where it cannot be made in time, or does not speak the protocol. It
/// asks, and what the other side asks is answered by `api`, if there
/// is one. The connection ends with the session, and what is under way then fails with Closed; when
/// the connection was lost, the session is of no more use. The reactor must outlive it.
Deferred<std::shared_ptr<Session>> connectNative(Reactor& reactor, std::string host,
                                                 std::uint16_t port,
                                                 std::shared_ptr<const Api> api = nullptr,
                                                 NativeOptions options = {},
                                                 Duration timeout = std::chrono::seconds(30));

}  // namespace couplet
#pragma GCC visibility pop
