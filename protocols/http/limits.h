// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// How much of an HTTP message is taken before it is refused.
#pragma once

#include <cstddef>
#include <cstdint>

#pragma GCC visibility push(default)
namespace couplet {

/// What bounds a message that is being read, in bytes unless it says otherwise. A peer that sends
/// more is refused with the status named here. One object serves any number of parsers.
struct HTTPLimits {
  /// The request line or status line, without its line end. What nginx and Apache allow; RFC 9112
  /// section 3 wants 8,000 at least. 414.
  std::size_t firstLine = 8 * 1024;

  /// The whole head, from its first byte to the end of its last field. Twisted's and Node's. 431.
  std::size_t head = 16 * 1024;

  /// Fields in a head, and in a trailer section. Apache's LimitRequestFields. Room for so many is
  /// taken once for each HTTPHeadTable. 431.
  std::size_t headerCount = 100;

  /// The body, decoded. nginx's client_max_body_size. Raise it for one message where its body is
  /// streamed: see `setBodyLimit` of the parsers. 413.
  std::uint64_t body = 1024 * 1024;

  /// A chunk's size with its extensions, without the line end. Nobody uses extensions, so that a
  /// long one is an attack. Twisted's limit. 400.
  std::size_t chunkLine = 1024;

  /// The trailer section of a chunked body. Half a head: trailers carry a digest or a status. 400.
  std::size_t trailers = 8 * 1024;
};

}  // namespace couplet
#pragma GCC visibility pop
