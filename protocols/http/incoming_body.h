// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The body of a message that is being received: of a request, or of a response.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <couplet/deferred/deferred.h>
#include <couplet/protocols/http/headers.h>

namespace couplet::detail {
class BodyPipe;
}

#pragma GCC visibility push(default)
namespace couplet {

/// A body, as it comes, in pieces that are asked for:
///
///     while (auto piece = co_await body.read()) file << *piece;
///
/// A handle: copies are of one body. It may outlive its connection. What nobody reads is not
/// received: at most 64 KiB and one delivery of the transport are kept. When the last handle goes
/// before the end, the rest is not wanted, and its connection ends with the message.
///
/// Where the body is cut short, or breaks the protocol, what came can be read, and then each read
/// fails: with RemoteProtocolError, or with the reason why the connection was lost.
class IncomingBody {
 public:
  /// That of a message without one: at its end.
  IncomingBody() noexcept = default;

  /// For channels and agents, and for tests that push into the pipe.
  explicit IncomingBody(std::shared_ptr<detail::BodyPipe> pipe) noexcept : pipe_(std::move(pipe)) {}

  /// What was received and not yet read, as soon as there is some: never "". Nothing at the end,
  /// every time. A read that is cancelled has taken nothing; one that waits when the last handle
  /// goes fails with AbandonedError. Throws std::logic_error while another read waits.
  Deferred<std::optional<std::string>> read(SourceLocation here = SourceLocation::current());

  /// All that is left. BodyTooLongError when that is more than `limit` bytes, at once where it was
  /// announced.
  Deferred<std::string> readAll(std::size_t limit) const;

  /// The announced length of the whole body; nothing where none was.
  std::optional<std::uint64_t> length() const noexcept;

  /// True when all was read.
  bool ended() const noexcept;

  /// What was sent behind a chunked body; empty before the end. They are no headers.
  const Headers& trailers() const noexcept;

  /// Whether there are other handles of it.
  bool shared() const noexcept { return pipe_.use_count() > 1; }

  /// False for one that was made without a message.
  explicit operator bool() const noexcept { return pipe_ != nullptr; }

 private:
  std::shared_ptr<detail::BodyPipe> pipe_;  // null in one without a message
};

}  // namespace couplet
#pragma GCC visibility pop
