// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. What a Stream has received, and what its reads take out of it. Knows no transport.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <couplet/deferred/failure.h>
#include <couplet/deferred/result.h>
#include <couplet/protocols/held_bytes.h>

namespace couplet::detail {

/// The bytes that were received and not read, and how the input ended, if it has.
class StreamInput {
 public:
  /// Bytes came. The view is used until `keep`, which copies what is left of it.
  void receive(std::string_view bytes);
  void keep();
  /// Drops what is not kept, instead.
  void forget() noexcept { fresh_ = {}; }

  /// The peer sends no more; or the connection is gone, which is the same for a ConnectionDone.
  /// The first end stands.
  void end() noexcept { ended_ = true; }
  void lose(const Failure& reason);

  std::string_view unread() const noexcept { return held_.empty() ? fresh_ : held_.view(); }
  /// Takes `count` bytes, then drops `more`. REQUIRES: so many are unread
  std::string take(std::size_t count, std::size_t more = 0);

  /// Whether nothing more can come.
  bool over() const noexcept { return ended_ || broken_; }
  /// Whether it ended cleanly, and all was read.
  bool atEnd() const noexcept { return ended_ && unread().empty(); }
  /// Why it is over, where that is not a clean end.
  const std::optional<Failure>& broken() const noexcept { return broken_; }

  /// Gives memory back that holds nothing.
  void shrink() noexcept {
    if (held_.empty()) held_.release();
  }

 private:
  HeldBytes held_;
  std::string_view fresh_;  // empty while held_ is not, and after `keep`
  bool ended_ = false;
  std::optional<Failure> broken_;  // only if not ended_
};

// What is asked for by the reads of a Stream, of the same names. `ready` says whether it can be
// answered, or more has to come; then `answer` does so, which takes only what it gives.

struct ReadSome {
  using Answer = std::optional<std::string>;
  bool ready(const StreamInput& input) const;
  Result<Answer> answer(StreamInput& input) const;

  std::size_t most;
};

struct ReadExactly {
  using Answer = std::string;
  bool ready(const StreamInput& input) const;
  Result<Answer> answer(StreamInput& input) const;

  std::size_t count;
};

struct ReadUntil {
  using Answer = std::string;
  bool ready(const StreamInput& input);
  Result<Answer> answer(StreamInput& input) const;

  std::string delimiter;
  std::size_t limit;
  std::size_t at = 0;  // no delimiter begins before this place of what is unread
};

/// The same where the input may end.
template <class Read>
struct TryRead {
  using Answer = std::optional<std::string>;
  bool ready(const StreamInput& input) { return read.ready(input); }
  Result<Answer> answer(StreamInput& input) const {
    Answer answer;
    if (!input.atEnd()) {
      Result<std::string> bytes = read.answer(input);
      if (!bytes) return std::move(bytes).failure();
      answer = std::move(bytes).value();
    }
    return answer;
  }

  Read read;
};

}  // namespace couplet::detail
