// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What the parsers of HTTP messages keep between two calls. For them; it is public so that a
// connection need not take memory for it.
#pragma once

#include <cstdint>

#include <couplet/protocols/held_bytes.h>

namespace couplet::detail {
enum class BodyFraming : std::uint8_t;
enum class ChunkState : std::uint8_t;
}  // namespace couplet::detail

#pragma GCC visibility push(default)
namespace couplet {

/// A head or trailer section of which part came. Offsets are into what is held.
struct UnfinishedHead {
  HeldBytes held;             // the part; or the section that was whole last, until it is forgotten
  std::uint32_t line = 0;     // where the line begins that is not whole
  std::uint32_t scanned = 0;  // it does not end before this
  std::uint32_t fields = 0;   // so many are before it
  bool pastFirstLine = false;
  bool pastEmptyLine = false;  // the one that may be before a request, and is dropped
  bool folded = false;
  bool whole = false;  // `held` is the section that was whole last
};

/// A body of which part came.
struct UnfinishedBody {
  std::uint64_t left = 0;      // of it, or of a chunk; while a chunk's size is read, that
  std::uint64_t allowed = 0;   // so many bytes more may come, decoded
  std::uint32_t lineSize = 0;  // of a chunk's size and extensions, as far as they came
  std::uint8_t digits = 0;     // of a chunk's size
  detail::BodyFraming framing{};
  detail::ChunkState chunk{};
};

}  // namespace couplet
#pragma GCC visibility pop
