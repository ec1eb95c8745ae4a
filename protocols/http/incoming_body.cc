// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/incoming_body.h>

#include <utility>

#include <couplet/protocols/http/detail/body_pipe.h>
#include <couplet/protocols/http/errors.h>

namespace couplet {

namespace {

Deferred<std::string> readWhole(IncomingBody body, std::size_t limit) {
  if (body.length().value_or(0) > limit) throw BodyTooLongError(limit);
  std::string whole;
  while (auto piece = co_await body.read()) {
    if (piece->size() > limit - whole.size()) throw BodyTooLongError(limit);
    whole.empty() ? whole.swap(*piece) : void(whole.append(*piece));
  }
  co_return whole;
}

}  // namespace

Deferred<std::optional<std::string>> IncomingBody::read(SourceLocation here) {
  if (!pipe_) return succeed(std::optional<std::string>(), here);
  return pipe_->read(here);
}

Deferred<std::string> IncomingBody::readAll(std::size_t limit) const {
  return readWhole(*this, limit);
}

std::optional<std::uint64_t> IncomingBody::length() const noexcept {
  return pipe_ ? pipe_->length() : 0;
}

bool IncomingBody::ended() const noexcept { return !pipe_ || pipe_->ended(); }

const Headers& IncomingBody::trailers() const noexcept {
  static const Headers none;
  return pipe_ ? pipe_->trailers() : none;
}

}  // namespace couplet
