// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/detail/stream_input.h>

#include <algorithm>
#include <utility>

#include <couplet/protocols/errors.h>
#include <couplet/reactor/errors.h>

namespace couplet::detail {

namespace {

/// What a read for `wanted` gets when the input ended before.
Failure incomplete(const StreamInput& input, const std::string& wanted) {
  if (input.broken()) return *input.broken();
  return Failure(IncompleteReadError(input.unread().size(), wanted));
}

}  // namespace

void StreamInput::receive(std::string_view bytes) {
  if (held_.empty()) {
    fresh_ = bytes;
  } else {
    held_.append(bytes);
  }
}

void StreamInput::keep() { held_.append(std::exchange(fresh_, {})); }

void StreamInput::lose(const Failure& reason) {
  if (over()) return;
  if (reason.check<ConnectionDone>()) return end();
  broken_ = reason;
}

std::string StreamInput::take(std::size_t count, std::size_t more) {
  std::string taken(unread().substr(0, count));
  if (held_.empty()) {
    fresh_.remove_prefix(count + more);
  } else {
    held_.dropFront(count + more);
  }
  return taken;
}

bool ReadSome::ready(const StreamInput& input) const {
  return !input.unread().empty() || input.over();
}

Result<ReadSome::Answer> ReadSome::answer(StreamInput& input) const {
  const std::size_t size = std::min(input.unread().size(), most);
  if (size == 0 && input.broken()) return *input.broken();
  Answer some;
  if (size > 0) some = input.take(size);
  return some;
}

bool ReadExactly::ready(const StreamInput& input) const {
  return input.unread().size() >= count || input.over();
}

Result<ReadExactly::Answer> ReadExactly::answer(StreamInput& input) const {
  if (input.unread().size() >= count) return input.take(count);
  return incomplete(input, std::to_string(count) + " bytes");
}

bool ReadUntil::ready(const StreamInput& input) {
  const std::size_t most = limit + delimiter.size();
  const std::string_view within = input.unread().substr(0, most);
  const std::size_t found = within.find(delimiter, at);
  if (found == std::string_view::npos) {
    at = within.size() < delimiter.size() ? 0 : within.size() - delimiter.size() + 1;
  } else {
    at = found;
  }
  return at == found || within.size() == most || input.over();
}

Result<ReadUntil::Answer> ReadUntil::answer(StreamInput& input) const {
  const std::string_view rest = input.unread().substr(at);
  if (at <= limit && rest.starts_with(delimiter)) return input.take(at, delimiter.size());
  if (at > limit) return Failure(ReadLimitError(limit));
  return incomplete(input, "a delimiter");
}

}  // namespace couplet::detail
