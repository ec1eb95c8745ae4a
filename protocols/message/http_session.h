// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Asking an Api by HTTP.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <couplet/protocols/message/json.h>
#include <couplet/protocols/message/session.h>

#pragma GCC visibility push(default)
namespace couplet {

class Reactor;

/// How an Api is asked by HTTP.
struct HTTPSessionOptions {
  /// One request at a time is with the server. So many more wait for it; the next fails with
  /// Overloaded.
  std::size_t mostWaiting = 1000;
  /// The longest answer, in bytes.
  std::size_t longestAnswer = 1024 * 1024;
  /// After so long without a request the server is asked whether it is there (`OPTIONS *`), which
  /// keeps it from closing the connection; it has so long to answer that, and what was cancelled.
  Duration enquireAfter = std::chrono::seconds(30);
  Duration answerWithin = std::chrono::seconds(5);
  JSONLimits limits{};
};

/// A session with the server at `host` and `port`, when the connection stands; NotConnected where
/// it cannot be made in time. The connection ends with the session, and what is under way then
/// fails with Closed; when the connection was lost, the session is of no more use. A request that
/// is cancelled while it waits is just forgotten; of one that is with the server the answer is
/// dropped, since HTTP has no way to say so, and where it does not come within `answerWithin`, the
/// connection ends. The reactor must outlive it.
Deferred<std::shared_ptr<Session>> connectHTTP(Reactor& reactor, std::string host,
                                               std::uint16_t port, HTTPSessionOptions options = {},
                                               Duration timeout = std::chrono::seconds(30));

}  // namespace couplet
#pragma GCC visibility pop
