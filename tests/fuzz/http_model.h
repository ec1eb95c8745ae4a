// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What HTTP messages say: found out from all the bytes, one after the other, as RFC 9112 is written
// down and with no table of the library's. It is as strict as the headers of the parsers promise.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <couplet/protocols/http/response_parser.h>

#include "http_settings.h"
#include "http_words.h"

namespace couplet::fuzz {

/// What is heard of these requests, and then of the end of input.
Heard modelRequests(std::string_view wire, const HTTPSettings& settings);

/// What is heard of the responses to these requests, each sent when the one before is answered and
/// the connection may be used again.
Heard modelResponses(std::string_view wire, std::span<const HTTPResponseParser::Request> requests,
                     const HTTPSettings& settings);

/// What a chunked body is.
struct ChunkedBody {
  enum Outcome { kWhole, kIncomplete, kRefused };
  Outcome outcome = kIncomplete;
  std::size_t size = 0;  // of it with its framing, where it is whole
  Heard heard;           // its bytes and trailers
};
ChunkedBody modelChunks(std::string_view wire, const HTTPSettings& settings);

}  // namespace couplet::fuzz
