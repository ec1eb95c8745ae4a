// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/detail/channel_streams.h>

#include <utility>

#include <couplet/protocols/http/http_channel.h>
#include <couplet/reactor/errors.h>

namespace couplet::detail {

ChannelStreams::~ChannelStreams() { failBody(Failure(ConnectionLost())); }

void ChannelStreams::bodyWanted() { channel.bodyAwaited(); }

void ChannelStreams::failBody(const Failure& reason) {
  if (BodyPipe* const body = std::exchange(pipe, nullptr)) body->fail(reason);
}

}  // namespace couplet::detail
