// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/reconnecting_client_factory.h>

#include <algorithm>
#include <memory>
#include <random>
#include <stdexcept>
#include <utility>

#include <glog/logging.h>

#include <couplet/reactor/log.h>
#include <couplet/reactor/reactor.h>

namespace couplet {

namespace {

double randomShare() {
  thread_local std::mt19937_64 engine(std::random_device{}());
  return std::uniform_real_distribution<double>(0, 1)(engine);
}

Duration times(Duration delay, double factor) {
  double longest = static_cast<double>(Duration::max().count()) / 2;
  double product = static_cast<double>(delay.count()) * factor;
  return Duration(static_cast<Duration::rep>(std::clamp(product, 0.0, longest)));
}

}  // namespace

ReconnectingClientFactory::ReconnectingClientFactory(Clock& clock, ReconnectPolicy policy)
    : clock_(clock), policy_(std::move(policy)), delay_(policy_.initialDelay) {
  if (!policy_.random) policy_.random = randomShare;
}

ReconnectingClientFactory::~ReconnectingClientFactory() {
  if (nextAttempt_.active()) nextAttempt_.cancel();
}

void ReconnectingClientFactory::startedConnecting(Connector& connector) {
  connector_ = connector.weak_from_this();
}

void ReconnectingClientFactory::clientConnectionFailed(const Failure&) { retry(); }

void ReconnectingClientFactory::clientConnectionLost(const Failure&) { retry(); }

void ReconnectingClientFactory::resetDelay() {
  delay_ = policy_.initialDelay;
  retries_ = 0;
}

void ReconnectingClientFactory::stopTrying() {
  std::shared_ptr<Connector> connector =
      connector_.lock();  // may be the last owner of this factory
  trying_ = false;
  if (nextAttempt_.active()) nextAttempt_.cancel();
  if (!connector) return;
  try {
    connector->stopConnecting();
  } catch (const std::logic_error&) {  // there is no attempt
  }
}

Duration ReconnectingClientFactory::nextDelay() const { return delay_; }

void ReconnectingClientFactory::retry() {
  std::shared_ptr<Connector> connector = connector_.lock();
  if (!trying_ || !connector) return;
  if (policy_.maxRetries >= 0 && retries_ >= policy_.maxRetries) {
    LogLine::info() << "Giving up " << connector->getDestination() << " after " << retries_
                    << " retries.";
    return;
  }
  ++retries_;
  Duration delay = delay_ + times(delay_, policy_.jitter * policy_.random());
  delay_ =
      std::min(times(delay_, policy_.factor), std::max(policy_.maxDelay, policy_.initialDelay));
  if (VLOG_IS_ON(1)) {
    LogLine::info() << "Connecting to " << connector->getDestination() << " again in "
                    << std::chrono::duration<double>(delay).count() << " s";
  }
  nextAttempt_ = clock_.callLater(delay, [connector] { connector->connect(); });
}

}  // namespace couplet
