// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/detail/body_pipe.h>

#include <stdexcept>
#include <utility>

#include <couplet/reactor/producer.h>

namespace couplet::detail {

BodyPipe::~BodyPipe() {
  if (source_) source_->bodyDropped();
}

void BodyPipe::push(std::string_view piece) {
  if (awaited()) return answer(Piece(piece));
  held_.append(piece);
}

void BodyPipe::setTrailers(std::span<const HeaderField> trailers) {
  trailers_.clear();
  for (const HeaderField field : trailers) trailers_.add(field.name, field.value);
}

void BodyPipe::end(std::string_view last) {
  source_ = nullptr;
  if (!last.empty()) return push(last);
  if (awaited()) answer(Piece());
}

void BodyPipe::fail(const Failure& reason) {
  source_ = nullptr;
  failure_ = reason;
  if (awaited()) answer(reason);
}

/// The last thing done here: the reader may drop the last handle.
void BodyPipe::answer(Result<Piece> result) {
  Promise<Piece> reader = std::move(*reader_);
  reader_.reset();
  if (result) return reader.callback(std::move(result).value());
  reader.errback(result.failure());
}

bool BodyPipe::hungry() const noexcept { return awaited() || held_.size() <= Producer::kHighMark; }

Deferred<std::optional<std::string>> BodyPipe::read(SourceLocation here) {
  if (awaited()) throw std::logic_error("read: another read of this body waits");
  if (!held_.empty()) {
    auto piece = succeed(Piece(std::exchange(held_, {})), here);
    if (source_) source_->bodyWanted();
    return piece;
  }
  if (failure_) return couplet::fail<Piece>(*failure_, here);
  if (!source_) return succeed(Piece(), here);
  reader_.emplace(here);
  auto piece = reader_->deferred();
  source_->bodyWanted();
  return piece;
}

}  // namespace couplet::detail
