// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/detail/connection.h>

#include <array>
#include <new>
#include <stdexcept>

#include <couplet/reactor/detail/connection_loop.h>
#include <couplet/reactor/detail/failure_of.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/factory.h>
#include <couplet/reactor/log.h>
#include <couplet/reactor/producer.h>

namespace couplet::detail {

namespace {

/// How many parts one `send` is given; more do not make it faster.
constexpr std::size_t kPartsPerSend = 64;

}  // namespace

Connection::Connection(ConnectionLoop& loop, std::shared_ptr<Factory> factory)
    : loop_(loop), factory_(std::move(factory)), output_(loop.chunks()) {}

Connection::~Connection() = default;

void Connection::begin() {
  handle([this] {
    std::unique_ptr<Protocol> protocol = buildProtocol();
    if (protocol) {
      startProtocol(std::move(protocol));
    } else {
      lose(Failure(ConnectionDone()), Closing::kOrderly);
    }
    if (!lost_) begun();
    if (loop_.closing()) loseConnection();
  });
}

void Connection::write(std::string_view bytes) {
  requireThread("Transport::write");
  if (!mayWrite(bytes.size())) return;
  output_.append(bytes);
  wrote();
}

void Connection::writeSequence(std::span<const std::string_view> parts) {
  requireThread("Transport::writeSequence");
  std::size_t total = 0;
  for (std::string_view part : parts) total += part.size();
  if (!mayWrite(total)) return;
  try {
    for (std::string_view part : parts) output_.append(part);
  } catch (...) {  // a part of a message must not be taken for the whole
    lose(Failure::current(), Closing::kReset);
    throw;
  }
  wrote();
}

void Connection::loseConnection() {
  requireThread("Transport::loseConnection");
  if (disconnecting_) return;
  disconnecting_ = true;
  flushSoon();
}

void Connection::loseWriteConnection() {
  requireThread("Transport::loseWriteConnection");
  if (disconnecting_ || outputEnding_) return;
  outputEnding_ = true;
  flushSoon();
}

void Connection::abortConnection() {
  requireThread("Transport::abortConnection");
  lose(failureOf<ConnectionAborted>(), Closing::kReset);
}

void Connection::failConnection(const Failure& reason) {
  requireThread("Transport::failConnection");
  if (lost_) return;
  keepReason(reason);
  sendNow();
  lose(reason, output_.empty() ? Closing::kOrderly : Closing::kReset);
}

void Connection::registerProducer(Producer& producer, bool streaming) {
  requireThread("Transport::registerProducer");
  if (lost_) return producer.stopProducing();
  if (producer_)
    throw std::runtime_error("this transport has a producer already: unregister it first");
  producer_ = &producer;
  streaming_ = streaming;
  sent_ = false;
  producerPaused_ = streaming && output_.size() > kHighMark;
  if (!streaming) {
    producer.resumeProducing();
  } else if (producerPaused_) {
    producer.pauseProducing();
  }
}

void Connection::unregisterProducer() {
  requireThread("Transport::unregisterProducer");
  producer_ = nullptr;
  if (disconnecting_ || outputEnding_) flushSoon();
}

void Connection::pauseProducing() {
  requireThread("Transport::pauseProducing");
  paused_ = true;
  resuming_ = false;
}

void Connection::resumeProducing() {
  requireThread("Transport::resumeProducing");
  if (!paused_) return;
  paused_ = false;
  resuming_ = !disconnecting_;
  if (resuming_) loop_.continueLater(*this);
}

void Connection::setProtocol(std::unique_ptr<Protocol> protocol) {
  requireThread("Transport::setProtocol");
  if (!protocol) throw std::invalid_argument("setProtocol: there is no protocol");
  if (ended_) return loop_.bury(std::move(protocol));
  protocol_->endWork();
  loop_.bury(std::move(protocol_));
  startProtocol(std::move(protocol));
}

void Connection::requireThread(const char* call) noexcept { loop_.thread().require(call); }

Clock& Connection::clock() noexcept { return loop_.clock(); }

void Connection::inputEnded() {
  if (std::exchange(inputEnded_, true) || disconnecting_) return;
  guard("readConnectionLost", [&] { protocol_->readConnectionLost(); });
  if (outputEnded_) loseConnection();
}

void Connection::becameWritable() {
  writable_ = true;
  if (!output_.empty()) flushSoon();
}

void Connection::broken(const Failure& reason) noexcept { lose(reason, Closing::kReset); }

/// REQUIRES: writable_, and there is some output.
bool Connection::sendOutput() noexcept {
  std::size_t before = output_.size();
  do {
    std::array<::iovec, kPartsPerSend> room;
    auto [parts, offered] = output_.gather(room);
    std::size_t taken = send(parts);
    if (lost_) return false;
    output_.consume(taken);
    writable_ = taken == offered;
  } while (writable_ && !output_.empty());
  if (output_.size() == before) return false;
  return sent_ = progressed_ = true;
}

void Connection::continueReading() noexcept {
  if (lost_) return;
  handle([this] {
    if (std::exchange(resuming_, false) && !disconnecting_) {
      answering_ = true;
      guard("producingResumed", [&] { protocol_->producingResumed(); });
    }
    if (wantsInput()) readMore();
  });
}

void Connection::flush() noexcept {
  if (lost_) return;
  sendNow();
  if (lost_) return;
  if (output_.empty()) {
    answering_ = lingering_ = false;
    if (waitsForDrained()) guard("a producer", [this] { drained(); });
  } else if (disconnecting_ && !lingering_) {
    guard("closing", [this] { linger(); });
  }
}

void Connection::end() noexcept {
  ended_ = true;
  if (Producer* producer = std::exchange(producer_, nullptr)) {
    guard("stopProducing", [&] { producer->stopProducing(); });
  }
  Failure reason = reason_ ? *reason_ : failureOf<ConnectionAborted>();
  if (protocol_) guard("connectionLost", [&] { protocol_->endConnection(reason); });
  ended(reason);
}

/// Called in a catch block.
void Connection::failed(const char* what) noexcept {
  Failure failure = Failure::current();
  LogLine::error() << "Exception in " << what << ", on the connection with " << getPeer() << ": "
                   << failure << " (" << failure.typeName() << ")";
  failConnection(failure);
}

std::unique_ptr<Protocol> Connection::buildProtocol() {
  std::unique_ptr<Protocol> protocol;
  guard("buildProtocol", [&] { protocol = factory_->buildProtocol(getPeer()); });
  return protocol;
}

void Connection::startProtocol(std::unique_ptr<Protocol> protocol) {
  protocol_ = std::move(protocol);
  Protocol& started = *protocol_;  // connectionMade may replace it
  guard("connectionMade", [&] { started.makeConnection(*this); });
}

/// Whether so many bytes more may be written.
bool Connection::mayWrite(std::size_t bytes) {
  if (lost_ || outputEnded_ || bytes == 0) return false;
  return bytes <= kMostUnsent - output_.size() || makeRoom(bytes);
}

bool Connection::makeRoom(std::size_t bytes) {
  if (bytes <= kMostUnsent && sendNow() && bytes <= kMostUnsent - output_.size()) return true;
  lose(Failure(WriteBufferFullError()), Closing::kReset);
  return false;
}

void Connection::wrote() {
  if (writable_) flushSoon();
  if (output_.size() > kHighMark) wroteMuch();
}

void Connection::wroteMuch() {
  if (producer_ == nullptr) {
    if (answering_) throttle();
  } else if (streaming_ && !std::exchange(producerPaused_, true)) {
    producer_->pauseProducing();
  }
}

/// Answers to what came pile up: as many leave as the peer takes; then no more input is wanted.
void Connection::throttle() {
  sendNow();
  if (output_.size() > kHighMark) throttled_ = true;  // until all is sent: see drained
}

void Connection::lose(const Failure& reason, Closing how) noexcept {
  if (lost_) return;
  lost_ = disconnecting_ = true;
  keepReason(reason);
  output_.clear();
  close(how);
  loop_.endLater(*this);
}

/// The first reason stands.
void Connection::keepReason(const Failure& reason) noexcept {
  if (!reason_) reason_.reset(new (std::nothrow) Failure(reason));
}

/// The close waits for the peer to take what is unsent.
void Connection::linger() {
  loop_.watchClosing();
  lingering_ = progressed_ = true;
}

/// For each closing deadline that passes.
void Connection::checkProgress() noexcept {
  if (std::exchange(progressed_, false)) return;
  lose(failureOf<ConnectionLost>("it did not read what was left to send before the close"),
       Closing::kReset);
}

void Connection::flushSoon() {
  if (!handling_) loop_.flushLater(*this);
}

bool Connection::waitsForDrained() const noexcept {
  return throttled_ || disconnecting_ || outputEnding_ || producer_;
}

/// All that was written is sent.
void Connection::drained() {
  if (std::exchange(throttled_, false) && !paused_ && !disconnecting_) {
    resuming_ = true;
    loop_.continueLater(*this);
  }
  if (producer_) {
    askProducer();
  } else {
    finishOutput();
  }
}

void Connection::askProducer() {
  bool waits = streaming_ ? producerPaused_ : sent_;
  sent_ = producerPaused_ = false;
  if (waits) producer_->resumeProducing();
}

void Connection::finishOutput() {
  if (disconnecting_) return lose(Failure(ConnectionDone()), Closing::kOrderly);
  if (!outputEnding_ || outputEnded_) return;
  outputEnded_ = true;
  closeOutput();
  if (lost_) return;
  guard("writeConnectionLost", [&] { protocol_->writeConnectionLost(); });
  if (inputEnded_) loseConnection();
}

}  // namespace couplet::detail
