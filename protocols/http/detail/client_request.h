// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A request on its way: as the user asked for it, and as one connection sends it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <couplet/deferred/clock.h>
#include <couplet/protocols/http/body_writer.h>
#include <couplet/protocols/http/headers.h>
#include <couplet/protocols/http/limits.h>
#include <couplet/protocols/http/request_body.h>
#include <couplet/protocols/http/url.h>
#include <couplet/reactor/protocol.h>

namespace couplet::detail {

/// What the user asks for, and what it becomes when it is redirected.
struct AskedRequest {
  std::string method;
  Url url;
  Headers headers;
  RequestBody body;
};

/// What a connection sends, and how long it waits.
struct ClientRequest {
  std::string method;
  std::string url;                   // for people
  std::string bytes;                 // the head, and a body that is short
  BodyProducer producer = {};        // of a body that is not; empty where there is none
  HTTPBodyWriter writer;             // for it
  bool isLast = false;               // on its connection
  std::unique_ptr<Protocol> next{};  // gets the connection, where that is asked for; else null

  HTTPLimits limits{};
  Duration headTimeout{};
  Duration bodyTimeout{};
  std::optional<Duration> timeout{};           // for the whole, of which
  std::optional<Clock::TimePoint> deadline{};  // is the end
};

/// How `asked` is to be sent: with this target, and these headers added where it has none of their
/// names. Frames its body. Throws what writeRequestHead does, and LocalProtocolError where the body
/// is not as long as its Content-Length.
ClientRequest toClientRequest(const AskedRequest& asked, const std::string& target,
                              const Headers& added);

/// RFC 9110 9.2.2.
bool isIdempotent(std::string_view method) noexcept;

}  // namespace couplet::detail
