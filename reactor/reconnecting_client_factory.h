// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A client that comes back after each loss or failure, waiting longer each time.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include <couplet/deferred/clock.h>
#include <couplet/reactor/factory.h>

#pragma GCC visibility push(default)
namespace couplet {

/// How long to wait between attempts.
struct ReconnectPolicy {
  Duration initialDelay = std::chrono::seconds(1);
  double factor = 1.5;                           ///< of each delay over the one before
  Duration maxDelay = std::chrono::seconds(60);  ///< before the random part
  double jitter = 0.5;  ///< 0 to this share of the delay is added, at random
  int maxRetries = -1;  ///< then it gives up; -1: never
  /// Gives a number from 0 up to, not including, 1; replaceable for tests.
  std::function<double()> random = {};
};

/// Connects again after `clientConnectionFailed` and `clientConnectionLost`. Serves one connector.
/// A subclass that overrides one of the two calls it here too. Twisted's ReconnectingClientFactory.
class ReconnectingClientFactory : public ClientFactory {
 public:
  /// Does not own the clock, which must outlive it.
  explicit ReconnectingClientFactory(Clock& clock, ReconnectPolicy policy = {});
  ~ReconnectingClientFactory() override;

  void startedConnecting(Connector& connector) override;
  void clientConnectionFailed(const Failure& reason) override;
  void clientConnectionLost(const Failure& reason) override;

  /// The conversation goes well: the next wait is the first one again. Call it from the protocol.
  void resetDelay();

  /// Gives up: no further attempt, and one that is being made ends with UserError.
  void stopTrying();

  /// The wait before the next attempt, without its random part.
  Duration nextDelay() const;
  int retries() const noexcept { return retries_; }

 private:
  void retry();

  Clock& clock_;
  ReconnectPolicy policy_;
  std::weak_ptr<Connector> connector_;  // that of the last startedConnecting
  DelayedCall nextAttempt_;             // keeps the connector, and so this factory, while it waits
  Duration delay_;
  int retries_ = 0;
  bool trying_ = true;
};

}  // namespace couplet
#pragma GCC visibility pop
