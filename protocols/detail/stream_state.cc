// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/detail/stream_state.h>

#include <new>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <couplet/protocols/stream.h>
#include <couplet/reactor/errors.h>

namespace couplet::detail {

namespace {

static_assert(Stream::kMostWritesWaiting == UnsentWrites::kMostWaiting);

template <class T>
Deferred<T> fired(Result<T> result, SourceLocation here) {
  if (result) return succeed(std::move(result).value(), here);
  return fail<T>(std::move(result).failure(), here);
}

}  // namespace

// The protocol

void StreamState::received(std::string_view bytes) {
  input_.receive(bytes);
  try {
    serve();
    input_.keep();
  } catch (...) {
    input_.forget();
    throw;
  }
  if (input_.unread().size() >= Stream::kMostUnread && !readWaits()) pause();
}

void StreamState::inputEnded() {
  input_.end();
  serve();
}

void StreamState::lost(const Failure& reason) {
  lostBecause_ = reason;
  input_.lose(reason);
  if (Transport* transport = std::exchange(transport_, nullptr)) keepAddresses(*transport);
  auto writes = unsent_.take();
  serve();
  UnsentWrites::fail(std::move(writes), reason);
}

void StreamState::keepAddresses(Transport& transport) noexcept {
  try {
    host_ = transport.getHost();
    peer_ = transport.getPeer();
  } catch (const std::bad_alloc&) {  // they stay empty
  }
}

// Reading

template <class Request>
Deferred<typename Request::Answer> StreamState::ask(Request request, SourceLocation here) {
  if (readWaits()) throw std::logic_error("couplet: a read of this Stream waits already");
  if (!heldBack() && request.ready(input_)) {
    auto answer = request.answer(input_);
    resume();
    return fired(std::move(answer), here);
  }
  input_.shrink();
  Promise<typename Request::Answer> promise(here);
  auto deferred = promise.deferred();
  promise.describeBy(*this);
  read_ = Waiting<Request>{std::move(request), std::move(promise)};
  resume();
  return deferred;
}

template Deferred<ReadSome::Answer> StreamState::ask(ReadSome, SourceLocation);
template Deferred<ReadExactly::Answer> StreamState::ask(ReadExactly, SourceLocation);
template Deferred<ReadUntil::Answer> StreamState::ask(ReadUntil, SourceLocation);
template Deferred<ReadSome::Answer> StreamState::ask(TryRead<ReadExactly>, SourceLocation);
template Deferred<ReadSome::Answer> StreamState::ask(TryRead<ReadUntil>, SourceLocation);

bool StreamState::readWaits() const noexcept {
  return std::visit(
      [](const auto& waiting) {
        if constexpr (std::is_same_v<decltype(waiting), const std::monostate&>) {
          return false;
        } else {
          return waiting.promise.pending();
        }
      },
      read_);
}

/// Whether reads wait although there are bytes: too much of what they were answered with is unsent.
bool StreamState::heldBack() const noexcept {
  return transport_ && transport_->throttled() && !transport_->disconnecting();
}

/// Answers the read that waits, if that can be done: who reads may destroy the Stream, so that
/// `drop` was called when this returns.
void StreamState::serve() {
  if (heldBack()) return;
  std::visit([this](auto& waiting) { serve(waiting); }, read_);
}

template <class Request>
void StreamState::serve(Waiting<Request>& waiting) {
  if (!waiting.promise.pending() || !waiting.request.ready(input_)) return;
  auto answer = waiting.request.answer(input_);
  auto promise = std::move(waiting.promise);
  read_ = std::monostate();
  input_.keep();
  promise.callback(std::move(answer));
}

void StreamState::pause() {
  if (!transport_ || std::exchange(paused_, true)) return;
  transport_->pauseProducing();
}

void StreamState::resume() {
  if (!paused_ || !transport_) return;
  if (!readWaits() && input_.unread().size() >= Stream::kMostUnread) return;
  paused_ = false;
  transport_->resumeProducing();
}

// Writing

Deferred<void> StreamState::write(std::string_view bytes, SourceLocation here) {
  if (lostBecause_) return fail<void>(*lostBecause_, here);
  if (outputEnded_) return fail<void>(ConnectionDone(), here);
  transport_->write(bytes);
  return unsent_.sent(*transport_, here);
}

// Closing

void StreamState::loseWriteConnection() {
  outputEnded_ = true;
  if (transport_) transport_->loseWriteConnection();
}

void StreamState::loseConnection() {
  outputEnded_ = true;
  if (transport_) transport_->loseConnection();
}

void StreamState::abortConnection() {
  if (transport_) transport_->abortConnection();
}

void StreamState::drop() noexcept {
  const auto writes = unsent_.take();
  if (Transport* transport = std::exchange(transport_, nullptr)) transport->loseConnection();
  input_ = StreamInput();
  const auto read = std::exchange(read_, {});
}

}  // namespace couplet::detail
