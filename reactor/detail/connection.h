// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. All of the life of a connection that has nothing to do with sockets: its protocol, its
// states, pauses and producers, the bytes that wait to be sent, and its end.
//
// To derive, implement what moves the bytes ("Moving bytes" below), and tell what happened ("What
// happened") from the loop, never from inside a call of the user's. The rules that every reactor
// keeps - one connectionLost, from the loop; nothing delivered after loseConnection or while
// paused; writes of a handler together; exceptions logged and turned into loss - are then kept by
// this class.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include <couplet/deferred/failure.h>
#include <couplet/deferred/running_site.h>
#include <couplet/deferred/thread_stamp.h>
#include <couplet/reactor/detail/connection_flags.h>
#include <couplet/reactor/detail/output_queue.h>
#include <couplet/reactor/producer.h>
#include <couplet/reactor/protocol.h>
#include <couplet/reactor/transport.h>

#pragma GCC visibility push(default)
namespace couplet {
class Factory;
}

namespace couplet::detail {

class ConnectionLoop;
class ConnectionQueue;

/// Above so many unsent bytes a producer pauses. Without a producer, a write that answers what was
/// received and goes above it pauses reading until all is sent. (One that answers nothing, such as
/// a long request, does not: two ends that both write much before they read would wait for each
/// other.)
inline constexpr std::size_t kHighMark = Producer::kHighMark;

/// A write of more bytes than this, with nothing unsent before it, is tried at once: what the
/// system takes need not be copied.
inline constexpr std::size_t kWorthSending = 16 * 1024;

/// With more unsent bytes than this the connection is aborted with WriteBufferFullError.
inline constexpr std::size_t kMostUnsent = 64 * 1024 * 1024;

/// One end of a connection: a Transport whose bytes go the way that a derived class knows.
///
///     own -> begin -> (received | inputEnded | becameWritable)* -> broken? -> end -> destruction
class Connection : public Transport {
 public:
  /// The loop must outlive it. The factory makes its protocol.
  Connection(ConnectionLoop& loop, std::shared_ptr<Factory> factory);
  ~Connection() override;

  /// Builds the protocol, makes the connection, and sends what it wrote. Without a protocol (null,
  /// or an exception, which is logged) closes cleanly. REQUIRES: the loop owns this.
  void begin();

  // Transport
  void write(std::string_view bytes) override;
  using Transport::writeSequence;
  void writeSequence(std::span<const std::string_view> parts) override;
  void loseConnection() override;
  void loseWriteConnection() override;
  void abortConnection() override;
  void failConnection(const Failure& reason) override;
  bool connected() const noexcept final { return !flags_.any(Flags::kLost); }
  bool disconnecting() const noexcept final { return flags_.any(Flags::kDisconnecting); }
  void registerProducer(Producer& producer, bool streaming) override;
  void unregisterProducer() override;
  void pauseProducing() override;
  void resumeProducing() override;
  bool paused() const noexcept override { return flags_.any(Flags::kPaused); }
  bool throttled() const noexcept override { return flags_.any(Flags::kThrottled); }
  bool receiving() const noexcept override { return !flags_.any(Flags::kNotReceiving); }
  std::size_t unsent() const noexcept override { return output_.size(); }
  void setProtocol(std::unique_ptr<Protocol> protocol,
                   std::shared_ptr<const void> owner = nullptr) override;
  Clock& clock() noexcept override;

 protected:
  enum class Closing { kOrderly, kReset };

  // Moving bytes: for derived classes to implement. None of these calls a protocol or throws.

  /// Sends the first of `bytes`, or of the bytes of `parts`, and returns how many were taken. Fewer
  /// than all means that no more can be taken until `becameWritable`. Calls `broken` where the
  /// connection is.
  virtual std::size_t send(std::string_view bytes) noexcept = 0;
  virtual std::size_t send(std::span<const ::iovec> parts) noexcept = 0;

  /// Tells the peer that no more comes. Everything was sent.
  virtual void closeOutput() noexcept = 0;

  /// Closes at once, both ways, for good: nothing is told or asked hereafter.
  virtual void close(Closing how) noexcept = 0;

  /// Input is wanted again: hand what has come to `received`, while `wantsInput()`; keep the rest.
  virtual void readMore() = 0;

  /// The protocol has heard connectionMade and the connection stands: begin to listen for input.
  virtual void begun() {}

  /// The protocol, if there was one, has heard connectionLost.
  virtual void ended(const Failure&) noexcept {}

  /// For a stall detector: which connection this is. By default nothing is known.
  virtual void describe(CallSite&, SiteSubject&) const noexcept {}

  /// Whether it was the peer that ended it, or what is between. REQUIRES: it has ended for `reason`
  bool wasAbandoned(const Failure& reason) const noexcept;

  // What happened: for derived classes to call, from the loop. REQUIRES: connected()

  /// Bytes came. REQUIRES: wantsInput(), which is to be asked again after each call.
  void received(std::string_view bytes) {
    flags_.set(Flags::kAnswering);
    guard("dataReceived", [&] { protocol_->dataReceived(bytes); });
  }
  /// The peer sends no more, and all that it sent was received. May be told while paused.
  void inputEnded();
  /// More may be sent; it is, when the handling ends, or the turn.
  void becameWritable() noexcept {
    flags_.clear(Flags::kBlocked);
    if (!output_.empty()) flushSoon();
  }
  /// The connection is gone. Also to be called from inside `send`.
  void broken(const Failure& reason) noexcept;
  /// The same, from inside `send`, where something that the peer sent before may be left to read:
  /// that is asked for by `readMore`, and then `broken` is to be called.
  void outputLost(const Failure& reason) noexcept;
  /// Why the output was lost; null where it was not.
  const Failure* outputLoss() const noexcept {
    return flags_.any(Flags::kOutputLost) ? reason_.get() : nullptr;
  }
  /// To be called from inside `send` only: nothing was taken, and may be at once.
  void interrupted() noexcept { flags_.set(Flags::kInterrupted); }

  /// What a RunningSite is told while this connection's protocol is called.
  auto site() const noexcept {
    return [this](CallSite& site, SiteSubject& subject) { describeWithProtocol(site, subject); };
  }

  /// Runs `event`, which calls some of the above, then sends what was written meanwhile. Lets no
  /// exception out.
  template <class F>
  void handle(F event) noexcept;

  /// Whether `received` may be called: false while paused, while too much is unsent, and from
  /// loseConnection on.
  bool wantsInput() const noexcept { return !flags_.any(Flags::kNoInput); }

  /// Sends as much as is taken now. True when some was, and the connection stands.
  bool sendNow() noexcept {
    return !flags_.any(Flags::kBlocked) && !output_.empty() && sendOutput();
  }

  ConnectionLoop& loop() noexcept { return loop_; }
  /// Ends the program where another thread than the reactor's makes this call; see ThreadCheck.
  void requireThread(const char* call) noexcept;
  const std::shared_ptr<Factory>& factory() const noexcept { return factory_; }

 private:
  friend class detail::ConnectionLoop;
  friend class detail::ConnectionQueue;
  using Flags = ConnectionFlags;

  // For the loop.
  void shutDown();
  bool lingers() const noexcept { return flags_.any(Flags::kLingering) && connected(); }
  void continueReading() noexcept;
  void flush() noexcept {
    sendNow();
    if (!output_.empty() || flags_.any(Flags::kWaitsForDrained)) return flushed();
    flags_.clear(Flags::kAnswering);
  }
  void end() noexcept;
  void checkProgress() noexcept;

  void describeWithProtocol(CallSite& site, SiteSubject& subject) const noexcept;
  template <class F>
  void guard(const char* what, F call) noexcept;
  void failed(const char* what) noexcept;
  std::unique_ptr<Protocol> buildProtocol();
  void startProtocol();
  void flushed() noexcept;
  bool sendOutput() noexcept;
  bool sentPart(std::size_t taken) noexcept;
  bool maySend() noexcept;
  bool dropOutput() noexcept;
  bool sendParts() noexcept;
  bool mayWrite(std::size_t bytes);
  void writeNoneOrMuch(std::string_view bytes);
  std::size_t sendAtOnce(std::span<const std::string_view> parts, std::size_t total) noexcept;
  bool makeRoom(std::size_t bytes);
  void wrote();
  void wroteMuch();
  void throttle();
  void lose(const Failure& reason, Closing how) noexcept;
  void keepReason(const Failure& reason) noexcept;
  void linger();
  void flushSoon() noexcept;
  void drained();
  void askProducer();
  void finishOutput();
  void keep(std::shared_ptr<const void> owner);

  ConnectionLoop& loop_;
  std::shared_ptr<Factory> factory_;
  std::unique_ptr<Protocol> protocol_;  // null before begin, and where none was built
  std::unique_ptr<Failure> reason_;     // of the loss; null also where memory ran out
  OutputQueue output_;
  Producer* producer_ = nullptr;

  // The loop's.
  Connection* nextToContinue_ = nullptr;
  Connection* nextToFlush_ = nullptr;
  Connection* nextToEnd_ = nullptr;  // or to bury
  std::uint32_t index_ = 0;

  ConnectionFlags flags_;
  std::uint32_t number_ = ThreadStamp::newConnection();  // for people
};

template <class F>
[[gnu::always_inline]] inline void Connection::handle(F event) noexcept {
  const ConnectionEvent ofThis(number_);
  flags_.set(Flags::kHandling);
  guard("an event", std::move(event));
  flags_.clear(Flags::kHandling);
  flush();
}

template <class F>
[[gnu::always_inline]] inline void Connection::guard(const char* what, F call) noexcept {
  try {
    call();
  } catch (...) {
    failed(what);
  }
}

}  // namespace couplet::detail
#pragma GCC visibility pop
