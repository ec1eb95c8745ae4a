// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What an HTTPChannel has for a request or response that is not whole, and does without otherwise.
#pragma once

#include <memory>
#include <optional>

#include <couplet/deferred/clock.h>
#include <couplet/protocols/http/detail/body_pipe.h>
#include <couplet/protocols/http/outgoing_body.h>
#include <couplet/reactor/factory.h>
#include <couplet/reactor/protocol.h>

namespace couplet {
class HTTPChannel;
}

namespace couplet::detail {

struct ChannelStreams final : BodySource {
  explicit ChannelStreams(HTTPChannel& ofWhom) noexcept : channel(ofWhom) {}
  ~ChannelStreams();

  void bodyWanted() override;
  void bodyDropped() noexcept override { pipe = nullptr; }

  /// Ends the body of the request, if it has not ended: who reads it gets `reason`.
  void failBody(const Failure& reason);

  /// Whether more of the request's body is to be taken; notes that it was not.
  bool takesBody() noexcept {
    stalled = !pipe || !pipe->hungry();
    return !stalled;
  }

  HTTPChannel& channel;
  BodyPipe* pipe = nullptr;         // of the request, while it comes and somebody may read it
  bool stalled = false;             // the request's body is not taken, or its end not looked for
  bool expectsContinue = false;     // the client waits until the body is wanted
  std::optional<OutgoingBody> out;  // of the response
  Clock::TimePoint awaitedLast;     // when somebody waited for the body last
  std::unique_ptr<Protocol> next;   // to hand the connection over to
  std::shared_ptr<Factory> owner;   // of `next`
};

}  // namespace couplet::detail
