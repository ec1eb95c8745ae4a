// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/stream.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <couplet/protocols/detail/stream_state.h>

namespace couplet {

namespace {

detail::ReadUntil until(std::string_view delimiter, std::size_t limit) {
  if (delimiter.empty()) throw std::invalid_argument("couplet: readUntil(\"\") needs a delimiter");
  return {std::string(delimiter), std::min(limit, SIZE_MAX - delimiter.size())};
}

}  // namespace

Stream::Stream() noexcept = default;

Stream::Stream(std::shared_ptr<detail::StreamState> state) noexcept : state_(std::move(state)) {}

Stream::Stream(Transport& transport, std::string_view received)
    : state_(std::make_shared<detail::StreamState>()) {
  transport.setProtocol(std::unique_ptr<Protocol>(new StreamProtocol(state_)));
  if (!state_->transport()) {
    state_->lost(Failure(ConnectionLost("it was gone when a Stream took it over")));
  }
  try {
    state_->received(received);
  } catch (...) {
    state_->drop();
    throw;
  }
}

Stream::Stream(Stream&& other) noexcept = default;

Stream& Stream::operator=(Stream&& other) noexcept {
  Stream old(std::move(*this));
  state_ = std::move(other.state_);
  return *this;
}

Stream::~Stream() {
  if (state_) state_->drop();
}

Deferred<std::optional<std::string>> Stream::read(std::size_t most, SourceLocation here) {
  if (most == 0) throw std::invalid_argument("couplet: read(0) would never give anything");
  return use().ask(detail::ReadSome{most}, here);
}

Deferred<std::string> Stream::readExactly(std::size_t count, SourceLocation here) {
  return use().ask(detail::ReadExactly{count}, here);
}

Deferred<std::string> Stream::readUntil(std::string_view delimiter, std::size_t limit,
                                        SourceLocation here) {
  return use().ask(until(delimiter, limit), here);
}

Deferred<std::optional<std::string>> Stream::tryReadExactly(std::size_t count,
                                                            SourceLocation here) {
  return use().ask(detail::TryRead<detail::ReadExactly>{{count}}, here);
}

Deferred<std::optional<std::string>> Stream::tryReadUntil(std::string_view delimiter,
                                                          std::size_t limit, SourceLocation here) {
  return use().ask(detail::TryRead<detail::ReadUntil>{until(delimiter, limit)}, here);
}

Deferred<void> Stream::write(std::string_view bytes, SourceLocation here) {
  return use().write(bytes, here);
}

void Stream::loseWriteConnection() { use().loseWriteConnection(); }
void Stream::loseConnection() { use().loseConnection(); }
void Stream::abortConnection() { use().abortConnection(); }

bool Stream::connected() const noexcept {
  const Transport* transport = state_ ? state_->transport() : nullptr;
  return transport && !transport->disconnecting();
}

Address Stream::getHost() const { return use().host(); }
Address Stream::getPeer() const { return use().peer(); }

void Stream::setTcpNoDelay(bool on) {
  if (Transport* transport = use().transport()) transport->setTcpNoDelay(on);
}

void Stream::setTcpKeepAlive(bool on) {
  if (Transport* transport = use().transport()) transport->setTcpKeepAlive(on);
}

detail::StreamState& Stream::use() const {
  if (!state_) throw std::logic_error("couplet: an empty Stream is used");
  return *state_;
}

StreamProtocol::StreamProtocol(Callable<void(Stream)> connected)
    : connected_(std::move(connected)), state_(std::make_shared<detail::StreamState>()) {}

StreamProtocol::StreamProtocol(std::shared_ptr<detail::StreamState> state)
    : state_(std::move(state)) {}

StreamProtocol::~StreamProtocol() {
  if (state_->transport()) state_->lost(Failure(ConnectionAborted()));
}

void StreamProtocol::connectionMade() {
  state_->connected(transport());
  if (auto connected = std::exchange(connected_, {})) connected(Stream(state_));
}

void StreamProtocol::dataReceived(std::string_view bytes) { state_->received(bytes); }
void StreamProtocol::producingResumed() { state_->resumed(); }
void StreamProtocol::readConnectionLost() { state_->inputEnded(); }
void StreamProtocol::connectionLost(const Failure& reason) { state_->lost(reason); }

}  // namespace couplet
