// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A transport for tests that keeps what is written in a string. Twisted's StringTransport.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <couplet/deferred/failure.h>
#include <couplet/deferred/testing/fake_clock.h>
#include <couplet/reactor/transport.h>

#pragma GCC visibility push(default)
namespace couplet::testing {

/// A connection with nothing at its other end. Test a protocol with it in three steps:
///
///     StringTransport transport;
///     Echo echo;
///     echo.makeConnection(transport);
///     echo.dataReceived("hello");
///     EXPECT_EQ(transport.value(), "hello");
///
/// It has no loop, so what a loop would call by and by waits until the test calls `turn`; for that,
/// and for `setProtocol`, it must know its protocol: begin with `transport.connect(echo)` instead
/// of `makeConnection`. Does not own that protocol, which need not outlive it.
class StringTransport : public Transport {
 public:
  /// With a FakeClock of its own, or with `clock`, which must outlive it.
  StringTransport();
  explicit StringTransport(Clock& clock);
  ~StringTransport() override;

  /// Makes `protocol` the one that this transport serves, and calls its makeConnection.
  void connect(Protocol& protocol);

  /// What a reactor would do at the top of its next turn: `producingResumed`,
  /// `writeConnectionLost`, `connectionLost`, each where it is due; after that the protocols given
  /// to `setProtocol` and done with are destroyed. What a method throws comes out. REQUIRES:
  /// connect or setProtocol was called.
  void turn();

  /// All that was written since the beginning, or since `clear`. Valid until the next write.
  std::string_view value() const noexcept { return value_; }
  void clear() noexcept { value_.clear(); }

  /// Whether the connection was lost, by `abortConnection`, `failConnection`, or `loseConnection`
  /// and a `turn`; and what `connectionLost` is given, from the moment on that this is known.
  bool disconnected() const noexcept { return !connected_; }
  bool aborted() const noexcept { return aborted_; }
  const std::optional<Failure>& lossReason() const noexcept { return lossReason_; }

  /// Whether `loseWriteConnection` was called.
  bool writeDisconnecting() const noexcept { return writeClosed_; }

  /// The producer that is registered, or null; what it was registered as. Its `resumeProducing` and
  /// `pauseProducing` are for the test to call.
  Producer* producer() const noexcept { return producer_; }
  bool streaming() const noexcept { return streaming_; }

  /// What getHost and getPeer say; until then `127.0.0.1:10000` and `127.0.0.1:50000`.
  void setHost(Address host) { host_ = std::move(host); }
  void setPeer(Address peer) { peer_ = std::move(peer); }

  /// What `throttled` says; when it ends, `producingResumed` is due.
  void setThrottled(bool on) {
    resumed_ = resumed_ || (throttled_ && !on);
    throttled_ = on;
  }

  /// What `unsent` says: 0 unless it is set.
  void setUnsent(std::size_t bytes) noexcept { unsent_ = bytes; }

  /// The clock of its own. Throws std::logic_error when it was made with another.
  FakeClock& fakeClock();

  void write(std::string_view bytes) override;
  using Transport::writeSequence;
  void writeSequence(std::span<const std::string_view> parts) override;
  void loseConnection() override;
  void loseWriteConnection() override;
  void abortConnection() override;
  void failConnection(const Failure& reason) override;
  bool connected() const noexcept override { return connected_; }
  bool disconnecting() const noexcept override { return lossReason_.has_value(); }
  Address getHost() const override { return host_; }
  Address getPeer() const override { return peer_; }
  void setTcpNoDelay(bool on) override { noDelay_ = on; }
  bool getTcpNoDelay() const override { return noDelay_; }
  void setTcpKeepAlive(bool on) override { keepAlive_ = on; }
  bool getTcpKeepAlive() const override { return keepAlive_; }
  void registerProducer(Producer& producer, bool streaming) override;
  void unregisterProducer() override;
  void pauseProducing() override { paused_ = true; }
  void resumeProducing() override;
  bool paused() const noexcept override { return paused_; }
  bool throttled() const noexcept override { return throttled_; }
  bool receiving() const noexcept override { return !(disconnecting() || paused_ || throttled_); }
  std::size_t unsent() const noexcept override { return unsent_; }
  void setProtocol(std::unique_ptr<Protocol> protocol,
                   std::shared_ptr<const void> owner = nullptr) override;
  Clock& clock() noexcept override { return clock_; }

 private:
  void lose(Failure reason);
  void finish();

  std::unique_ptr<FakeClock> ownClock_;
  Clock& clock_;
  std::string value_;
  Address host_{"127.0.0.1", 10000};
  Address peer_{"127.0.0.1", 50000};
  std::size_t unsent_ = 0;
  bool noDelay_ = true;
  bool keepAlive_ = false;

  bool connected_ = true;
  bool aborted_ = false;
  bool writeClosed_ = false;
  bool writeLossTold_ = false;
  bool lossTold_ = false;
  std::optional<Failure> lossReason_;  // set from loseConnection on

  bool throttled_ = false;
  bool paused_ = false;
  bool resumed_ = false;  // producingResumed is due
  Producer* producer_ = nullptr;
  bool streaming_ = false;

  std::vector<std::shared_ptr<const void>> owners_;  // of protocols, as setProtocol was given them
  Protocol* protocol_ = nullptr;                     // null before connect and setProtocol
  std::unique_ptr<Protocol> owned_;                  // is protocol_ after setProtocol
  std::vector<std::unique_ptr<Protocol>> retired_;   // were; destroyed at the end of the turn
};

}  // namespace couplet::testing
#pragma GCC visibility pop
