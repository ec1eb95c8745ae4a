// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What the HTTP parsers tell.
#pragma once

#include <cstdint>

#pragma GCC visibility push(default)
namespace couplet {

/// What a parser found next.
///
///     request:  (kHead -> kBody* -> kTrailers? -> kEnd)*
///     response: (kInterim* -> kHead -> kBody* -> kTrailers? -> kEnd)*
///
/// with kNeedMore anywhere between, kRefused or kHandedOver for good.
enum class HTTPEvent : std::uint8_t {
  kNeedMore,    ///< every byte was taken; call again when there are more
  kInterim,     ///< the head of a 1xx response, which has no body; the final one is to come
  kHead,        ///< a head: see `head()`
  kBody,        ///< a piece of the body: see `body()`
  kTrailers,    ///< the trailer fields of a chunked body: see `trailers()`
  kEnd,         ///< the message is over; the next call begins the next one
  kHandedOver,  ///< the connection speaks another protocol now: the bytes are left untouched
  kRefused,     ///< what came is refused, and all that follows: see `refused()`
};

}  // namespace couplet
#pragma GCC visibility pop
