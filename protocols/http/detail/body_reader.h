// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Reads the body of a message: so many bytes, chunks, or all until the connection ends. Keeps none
// of it.
#pragma once

#include <cstdint>
#include <string_view>

#include <couplet/protocols/http/detail/grammar.h>
#include <couplet/protocols/http/detail/head_table.h>
#include <couplet/protocols/http/errors.h>
#include <couplet/protocols/http/event.h>
#include <couplet/protocols/http/limits.h>
#include <couplet/protocols/http/unfinished.h>

namespace couplet::detail {

/// A body begins, of which nothing came; `length` is for kLength.
inline void beginBody(UnfinishedBody& body, BodyFraming framing, std::uint64_t length,
                      const HTTPLimits& limits) noexcept {
  body = {length, limits.body, 0, 0, framing, ChunkState::kSize};
}

/// Nothing of it is to come, or there was none.
inline bool isOver(const UnfinishedBody& body) noexcept {
  return body.framing == BodyFraming::kLength && body.left == 0;
}

/// Reads a body on.
class BodyReader {
 public:
  /// `trailers` keeps what came of trailers.
  BodyReader(UnfinishedBody& body, UnfinishedHead& trailers, const HTTPLimits& limits,
             HeadTable& table) noexcept
      : body_(body), trailers_(trailers), limits_(limits), table_(table) {}

  /// Takes what is next off the front of `bytes`: kBody or kTrailers, which the table has then;
  /// kEnd; kNeedMore when all bytes were taken; or kRefused.
  HTTPEvent next(std::string_view& bytes);

  const HTTPRefusal* refused() const noexcept { return refused_; }

 private:
  HTTPEvent nextOfLength(std::string_view& bytes);
  HTTPEvent nextOfChunks(std::string_view& bytes);
  HTTPEvent nextUntilClose(std::string_view& bytes);
  HTTPEvent nextTrailers(std::string_view& bytes);
  HTTPEvent takeData(std::string_view& bytes, std::uint64_t most) noexcept;
  const HTTPRefusal* takeChunkByte(char c) noexcept;
  const HTTPRefusal* takeDigit(char c) noexcept;
  const HTTPRefusal* beginChunk() noexcept;
  HTTPEvent refuse(const HTTPRefusal* why) noexcept;

  UnfinishedBody& body_;
  UnfinishedHead& trailers_;
  const HTTPLimits& limits_;
  HeadTable& table_;
  const HTTPRefusal* refused_ = nullptr;
};

}  // namespace couplet::detail
