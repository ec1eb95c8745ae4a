// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/detail/connection.h>

#include <algorithm>
#include <array>
#include <new>
#include <stdexcept>
#include <typeinfo>

#include <couplet/reactor/detail/connection_loop.h>
#include <couplet/reactor/detail/connection_site.h>
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
  const RunningSite running(site());
  handle([this] {
    std::unique_ptr<Protocol> protocol = buildProtocol();
    if (protocol) {
      protocol_ = std::move(protocol);
      startProtocol();
    } else {
      lose(Failure(ConnectionDone()), Closing::kOrderly);
    }
    if (connected()) begun();
    if (loop_.closing()) shutDown();
  });
}

/// As loseConnection; but a protocol that did not close the connection is told that it was lost,
/// since there may have been more to receive.
void Connection::shutDown() {
  if (disconnecting()) return;
  flags_.set(Flags::kShutDown);
  loseConnection();
}

/// Whether so many bytes more may be written.
inline bool Connection::mayWrite(std::size_t bytes) {
  if (flags_.any(Flags::kNoOutput) || bytes == 0) return false;
  return bytes <= kMostUnsent - output_.size() || makeRoom(bytes);
}

inline void Connection::wrote() {
  if (!flags_.any(Flags::kBlocked | Flags::kHandling)) flushSoon();
  if (output_.size() > kHighMark) wroteMuch();
}

void Connection::write(std::string_view bytes) {
  requireThread("Transport::write");
  if (bytes.size() - 1 >= kWorthSending) return writeNoneOrMuch(bytes);
  if (!mayWrite(bytes.size())) return;
  output_.append(bytes);
  wrote();
}

[[gnu::noinline, gnu::cold]] void Connection::writeNoneOrMuch(std::string_view bytes) {
  writeSequence({&bytes, 1});
}

void Connection::writeSequence(std::span<const std::string_view> parts) {
  requireThread("Transport::writeSequence");
  std::size_t total = 0;
  for (std::string_view part : parts) total += part.size();
  if (!mayWrite(total)) return;
  std::size_t taken = total > kWorthSending ? sendAtOnce(parts, total) : 0;
  if (flags_.any(Flags::kNoOutput)) return;
  try {
    for (std::string_view part : parts) {
      const std::size_t gone = std::min(taken, part.size());
      taken -= gone;
      output_.append(part.substr(gone));
    }
  } catch (...) {  // a part of a message must not be taken for the whole
    lose(Failure::current(), Closing::kReset);
    throw;
  }
  wrote();
}

/// Sends as much of `parts` as is taken now, if nothing is to be sent before and no producer counts
/// what is unsent. Returns how much.
std::size_t Connection::sendAtOnce(std::span<const std::string_view> parts,
                                   std::size_t total) noexcept {
  std::array<::iovec, kPartsPerSend> room;
  const bool waits = !output_.empty() || producer_ || flags_.any(Flags::kBlocked);
  if (waits || parts.size() > room.size()) return 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    room[i] = {const_cast<char*>(parts[i].data()), parts[i].size()};
  }
  const std::size_t taken = send(std::span(room).first(parts.size()));
  if (!maySend()) return 0;
  flags_.set(Flags::kBlocked, taken < total && !flags_.take(Flags::kInterrupted));
  if (taken > 0) flags_.set(Flags::kSent | Flags::kProgressed);
  return taken;
}

void Connection::loseConnection() {
  requireThread("Transport::loseConnection");
  if (disconnecting()) return;
  flags_.set(Flags::kDisconnecting);
  flushSoon();
}

void Connection::loseWriteConnection() {
  requireThread("Transport::loseWriteConnection");
  if (flags_.any(Flags::kDisconnecting | Flags::kOutputEnding)) return;
  flags_.set(Flags::kOutputEnding);
  flushSoon();
}

void Connection::abortConnection() {
  requireThread("Transport::abortConnection");
  lose(failureOf<ConnectionAborted>(), Closing::kReset);
}

void Connection::failConnection(const Failure& reason) {
  requireThread("Transport::failConnection");
  if (!connected()) return;
  keepReason(reason);
  sendNow();
  lose(reason, output_.empty() ? Closing::kOrderly : Closing::kReset);
}

void Connection::registerProducer(Producer& producer, bool streaming) {
  requireThread("Transport::registerProducer");
  if (!connected()) return producer.stopProducing();
  if (producer_)
    throw std::runtime_error("this transport has a producer already: unregister it first");
  producer_ = &producer;
  const bool pause = streaming && output_.size() > kHighMark;
  flags_.set(Flags::kProducing);
  flags_.set(Flags::kStreaming, streaming);
  flags_.set(Flags::kProducerPaused, pause);
  flags_.clear(Flags::kSent);
  if (!streaming) {
    producer.resumeProducing();
  } else if (pause) {
    producer.pauseProducing();
  }
}

void Connection::unregisterProducer() {
  requireThread("Transport::unregisterProducer");
  producer_ = nullptr;
  flags_.clear(Flags::kProducing);
  if (connected() && flags_.any(Flags::kDisconnecting | Flags::kOutputEnding)) flushSoon();
}

void Connection::pauseProducing() {
  requireThread("Transport::pauseProducing");
  flags_.set(Flags::kPaused);
  flags_.clear(Flags::kResuming);
}

void Connection::resumeProducing() {
  requireThread("Transport::resumeProducing");
  if (!flags_.take(Flags::kPaused) || disconnecting()) return;
  flags_.set(Flags::kResuming);
  loop_.continueLater(*this);
}

void Connection::setProtocol(std::unique_ptr<Protocol> protocol,
                             std::shared_ptr<const void> owner) {
  requireThread("Transport::setProtocol");
  if (!protocol) throw std::invalid_argument("setProtocol: there is no protocol");
  if (owner) keep(std::move(owner));
  if (flags_.any(Flags::kEnded)) return loop_.bury(std::move(protocol));
  loop_.reserveGrave();
  flags_.clear(Flags::kAnswering);  // what the next one writes at first answers nothing
  Protocol& old = *protocol_;
  Protocol& next = *protocol;
  loop_.bury(std::exchange(protocol_, std::move(protocol)));
  old.endWork();  // runs destructors of the user's, which may hand the connection on again
  if (protocol_.get() == &next) startProtocol();
}

/// Beside the factory, and as long; no connection has a place for what few need.
void Connection::keep(std::shared_ptr<const void> owner) {
  struct Both {
    std::shared_ptr<const void> owner;
    std::shared_ptr<Factory> factory;
  };
  const auto both = std::make_shared<Both>(Both{std::move(owner), factory_});
  factory_ = std::shared_ptr<Factory>(both, both->factory.get());
}

void Connection::requireThread(const char* call) noexcept { loop_.thread().require(call); }

Clock& Connection::clock() noexcept { return loop_.clock(); }

void Connection::inputEnded() {
  if (flags_.any(Flags::kInputEnded)) return;
  flags_.set(Flags::kInputEnded);
  if (disconnecting()) return;
  guard("readConnectionLost", [&] { protocol_->readConnectionLost(); });
  if (flags_.any(Flags::kOutputEnded)) loseConnection();
}

void Connection::broken(const Failure& reason) noexcept { lose(reason, Closing::kReset); }

void Connection::outputLost(const Failure& reason) noexcept {
  keepReason(reason);
  if (!wantsInput() || !reason_) return broken(reason);
  flags_.set(Flags::kOutputLost);
  loop_.continueLater(*this);
}

/// After a send. False where the output was lost by it, or all.
inline bool Connection::maySend() noexcept {
  return !flags_.any(Flags::kLost | Flags::kOutputLost) || dropOutput();
}

[[gnu::noinline]] bool Connection::dropOutput() noexcept {
  output_.clear();
  return false;
}

/// REQUIRES: not kBlocked, and there is some output.
bool Connection::sendOutput() noexcept {
  if (!output_.inOneChunk()) return sendParts();
  const std::size_t taken = send(output_.firstBytes());
  if (!maySend()) return false;
  if (!output_.consumeOnlyChunk(taken)) return sentPart(taken);
  flags_.set(Flags::kSent | Flags::kProgressed);
  return true;
}

[[gnu::noinline]] bool Connection::sentPart(std::size_t taken) noexcept {
  if (flags_.take(Flags::kInterrupted)) return sendOutput();
  output_.consume(taken);
  flags_.set(Flags::kBlocked);
  if (taken == 0) return false;
  flags_.set(Flags::kSent | Flags::kProgressed);
  return true;
}

bool Connection::sendParts() noexcept {
  std::size_t before = output_.size();
  do {
    std::array<::iovec, kPartsPerSend> room;
    auto [parts, offered] = output_.gather(room);
    std::size_t taken = send(parts);
    if (!maySend()) return false;
    output_.consume(taken);
    flags_.set(Flags::kBlocked, taken < offered && !flags_.take(Flags::kInterrupted));
  } while (!flags_.any(Flags::kBlocked) && !output_.empty());
  if (output_.size() == before) return false;
  flags_.set(Flags::kSent | Flags::kProgressed);
  return true;
}

void Connection::continueReading() noexcept {
  if (!connected()) return;
  const RunningSite running(site());
  handle([this] {
    if (flags_.take(Flags::kResuming) && !disconnecting()) {
      flags_.set(Flags::kAnswering);
      guard("producingResumed", [&] { protocol_->producingResumed(); });
    }
    if (wantsInput()) return readMore();
    if (const Failure* const loss = outputLoss()) broken(*loss);
  });
}

/// Something was not taken, or waits for all to be.
void Connection::flushed() noexcept {
  const RunningSite running(site());
  if (!connected()) return;
  if (const Failure* const loss = outputLoss()) {
    if (disconnecting()) broken(*loss);
  } else if (output_.empty()) {
    flags_.clear(Flags::kAnswering | Flags::kLingering);
    guard("a producer", [this] { drained(); });
  } else if (disconnecting() && !flags_.any(Flags::kLingering)) {
    guard("closing", [this] { linger(); });
  }
}

void Connection::end() noexcept {
  const RunningSite running(site());
  const ConnectionEvent ofThis(number_);
  flags_.set(Flags::kEnded);
  if (Producer* producer = std::exchange(producer_, nullptr)) {
    flags_.clear(Flags::kProducing);
    guard("stopProducing", [&] { producer->stopProducing(); });
  }
  Failure reason = reason_ ? *reason_ : failureOf<ConnectionAborted>();
  if (protocol_) guard("connectionLost", [&] { protocol_->endConnection(reason); });
  ended(reason);
}

bool Connection::wasAbandoned(const Failure& reason) const noexcept {
  if (flags_.any(Flags::kInputEnded)) return true;
  const bool onThisSide = flags_.any(Flags::kShutDown) ||
                          reason.check<ConnectionAborted, WriteBufferFullError>() != nullptr;
  return !onThisSide && reason.check<ConnectionLost>() != nullptr;
}

void Connection::describeWithProtocol(CallSite& site, SiteSubject& subject) const noexcept {
  site.what = "connection";
  describe(site, subject);
  if (!protocol_) return;
  const Protocol& protocol = *protocol_;
  setProtocolType(subject, typeid(protocol));
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

void Connection::startProtocol() {
  Protocol& started = *protocol_;  // connectionMade may replace it
  guard("connectionMade", [&] { started.makeConnection(*this); });
}

bool Connection::makeRoom(std::size_t bytes) {
  if (bytes <= kMostUnsent && sendNow() && bytes <= kMostUnsent - output_.size()) return true;
  lose(Failure(WriteBufferFullError()), Closing::kReset);
  return false;
}

void Connection::wroteMuch() {
  if (producer_ == nullptr || !flags_.any(Flags::kStreaming)) {
    if (flags_.any(Flags::kAnswering)) throttle();
  } else if (!flags_.any(Flags::kProducerPaused)) {
    flags_.set(Flags::kProducerPaused);
    producer_->pauseProducing();
  }
}

/// Answers to what came pile up: as many leave as the peer takes; then no more input is wanted.
void Connection::throttle() {
  sendNow();
  if (output_.size() > kHighMark) flags_.set(Flags::kThrottled);  // until all is sent: see drained
}

void Connection::lose(const Failure& reason, Closing how) noexcept {
  if (!connected()) return;
  flags_.set(Flags::kLost | Flags::kDisconnecting);
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
  flags_.set(Flags::kLingering | Flags::kProgressed);
}

/// For each closing deadline that passes.
void Connection::checkProgress() noexcept {
  if (flags_.take(Flags::kProgressed)) return;
  lose(failureOf<ConnectionLost>("it did not read what was left to send before the close"),
       Closing::kReset);
}

void Connection::flushSoon() noexcept {
  if (!flags_.any(Flags::kHandling)) loop_.flushLater(*this);
}

/// All that was written is sent.
void Connection::drained() {
  if (flags_.take(Flags::kThrottled) && receiving()) {
    flags_.set(Flags::kResuming);
    loop_.continueLater(*this);
  }
  if (producer_) {
    askProducer();
  } else {
    finishOutput();
  }
}

void Connection::askProducer() {
  const bool streaming = flags_.any(Flags::kStreaming);
  const bool waits = flags_.any(streaming ? Flags::kProducerPaused : Flags::kSent);
  flags_.clear(Flags::kProducerPaused | Flags::kSent);
  if (waits) producer_->resumeProducing();
}

void Connection::finishOutput() {
  if (flags_.any(Flags::kShutDown)) {
    return lose(failureOf<ConnectionLost>("the reactor was stopped"), Closing::kOrderly);
  }
  if (disconnecting()) return lose(Failure(ConnectionDone()), Closing::kOrderly);
  if (!flags_.any(Flags::kOutputEnding) || flags_.any(Flags::kOutputEnded)) return;
  flags_.set(Flags::kOutputEnded);
  closeOutput();
  if (!connected()) return;
  guard("writeConnectionLost", [&] { protocol_->writeConnectionLost(); });
  if (flags_.any(Flags::kInputEnded)) loseConnection();
}

}  // namespace couplet::detail
