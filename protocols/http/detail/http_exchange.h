// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What an HTTPChannel has while a request comes or is answered, and an idle one does without.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include <couplet/deferred/deferred.h>
#include <couplet/protocols/http/detail/channel_streams.h>
#include <couplet/protocols/http/request.h>
#include <couplet/protocols/http/request_parser.h>

namespace couplet::detail {

/// Used again for another channel of the site, with its memory.
struct HTTPExchange {
  HTTPExchange(const HTTPLimits& limits, HTTPHeadTable& table) : parser(limits, table) {}

  HTTPRequestParser parser;
  Request request;
  bool hasRequest = false;                  // from its head until its answer
  CancelHandle work;                        // of an answer that comes later
  std::unique_ptr<ChannelStreams> streams;  // where a body is not whole; else null
  std::size_t answeredBytes = 0;            // of the body of the last answer
  int answeredStatus = 0;
  std::uint64_t bodyLength = 0;  // of the request's, as announced; or 0
  std::uint32_t bodyBytes = 0;   // of the request's, that came in this bodyPatience
};

}  // namespace couplet::detail
