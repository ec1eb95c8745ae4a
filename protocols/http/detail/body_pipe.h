// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Between a connection that receives a body and the handles that read it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <couplet/deferred/deferred.h>
#include <couplet/protocols/http/headers.h>

namespace couplet::detail {

/// The connection, as a pipe sees it. Its calls deliver nothing from inside.
class BodySource {
 public:
  /// Somebody reads, and there is nothing: go on.
  virtual void bodyWanted() = 0;

  /// Nobody will read the rest; the pipe is being destroyed.
  virtual void bodyDropped() noexcept = 0;

 protected:
  ~BodySource() = default;
};

/// Owned by its handles; the source knows it until `end`, `fail` or `bodyDropped`.
class BodyPipe {
 public:
  BodyPipe(BodySource& source, std::optional<std::uint64_t> length) noexcept
      : source_(&source), length_(length) {}
  BodyPipe(const BodyPipe&) = delete;
  BodyPipe& operator=(const BodyPipe&) = delete;
  ~BodyPipe();

  // For the source. After `push`, `end` and `fail` the pipe may be gone, since readers run.

  void push(std::string_view piece);
  void setTrailers(std::span<const HeaderField> trailers);
  void end(std::string_view last = {});
  void fail(const Failure& reason);

  /// Whether more is to be received: somebody waits, or little is kept.
  bool hungry() const noexcept;
  /// Whether somebody waits.
  bool awaited() const noexcept { return reader_ && reader_->pending(); }

  // For handles: see IncomingBody.

  Deferred<std::optional<std::string>> read(SourceLocation here);
  std::optional<std::uint64_t> length() const noexcept { return length_; }
  const Headers& trailers() const noexcept { return trailers_; }
  bool ended() const noexcept { return !source_ && !failure_ && held_.empty(); }

 private:
  using Piece = std::optional<std::string>;

  void answer(Result<Piece> result);

  BodySource* source_;  // null once it has no more to give
  std::optional<std::uint64_t> length_;
  std::string held_;
  std::optional<Failure> failure_;
  std::optional<Promise<Piece>> reader_;  // one that was cancelled is no longer pending
  Headers trailers_;
};

}  // namespace couplet::detail
