// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/outgoing_body.h>

#include <stdexcept>
#include <string>

#include <couplet/reactor/errors.h>
#include <couplet/reactor/transport.h>

namespace couplet {

OutgoingBody::OutgoingBody(Transport& transport, HTTPBodyWriter writer,
                           BodyProducer producer) noexcept
    : transport_(transport), producer_(std::move(producer)), writer_(writer) {}

OutgoingBody::~OutgoingBody() { unregister(); }

Deferred<void> OutgoingBody::start() {
  return maybeDeferred([this] { return producer_.startProducing(*this); });
}

Deferred<void> OutgoingBody::write(std::string_view piece, SourceLocation here) {
  if (!transport_.connected()) {
    return fail<void>(ConnectionLost("the body was not yet sent"), here);
  }
  if (piece.empty()) return succeed(here);
  try {
    std::string before;
    const std::string_view behind = writer_.frame(before, piece.size());
    transport_.writeSequence({before, piece, behind});
    sent_ += before.size() + piece.size() + behind.size();
  } catch (...) {
    failure_ = Failure::current();
    return fail<void>(*failure_, here);
  }
  written_ += piece.size();
  if (registered_ == Registered::kOther || transport_.unsent() <= kHighMark) return succeed(here);
  return untilSent(here);
}

Deferred<void> OutgoingBody::untilSent(SourceLocation here) {
  if (waiting_.size() == kMostWritesWaiting) {
    failure_ = Failure(std::logic_error("too many writes of a body wait"));
    return fail<void>(*failure_, here);
  }
  waiting_.emplace_back(here);
  Deferred<void> sent = waiting_.back().deferred();
  if (registered_ == Registered::kNobody) {
    registered_ = Registered::kThis;
    transport_.registerProducer(*this, true);
  }
  return sent;
}

void OutgoingBody::resumeProducing() {
  unregister();
  std::vector<Promise<void>> sent = std::exchange(waiting_, {});
  for (Promise<void>& promise : sent) promise.callback();
}

void OutgoingBody::setTrailers(Headers trailers) { trailers_ = std::move(trailers); }

void OutgoingBody::registerProducer(Producer& producer, bool streaming) {
  if (registered_ == Registered::kThis) {
    throw std::logic_error("registerProducer: a write of this body waits");
  }
  transport_.registerProducer(producer, streaming);
  registered_ = Registered::kOther;
}

void OutgoingBody::unregisterProducer() {
  if (registered_ == Registered::kOther) unregister();
}

void OutgoingBody::unregister() {
  if (std::exchange(registered_, Registered::kNobody) == Registered::kNobody) return;
  transport_.unregisterProducer();
}

void OutgoingBody::finish() {
  unregister();
  if (failure_) failure_->raise();
  std::string end;
  writer_.endsWithConnection() ? writer_.finish(end) : writer_.finish(end, trailers_);
  transport_.write(end);
  sent_ += end.size();
}

}  // namespace couplet
