// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/detail/unsent_writes.h>

#include <string>
#include <utility>

#include <couplet/deferred/pending.h>
#include <couplet/reactor/errors.h>

namespace couplet::detail {

namespace {

/// What a write waits for.
const class : public WaitDescription {
 public:
  std::string waitsFor() const override { return "the peer to take what was written"; }
} kUnsent;

}  // namespace

Deferred<void> UnsentWrites::wait(Transport& transport, SourceLocation here) {
  if (waiting_.size() >= kMostWaiting) {
    Failure full{WriteBufferFullError()};
    transport.failConnection(full);
    return couplet::fail<void>(std::move(full), here);
  }
  if (transport_ == nullptr && transport.connected()) {
    beProducerOf(transport);
  }
  Promise<void> promise(here);
  Deferred<void> sent = promise.deferred();
  promise.describeBy(kUnsent);
  waiting_.push_back(std::move(promise));
  return sent;
}

void UnsentWrites::beProducerOf(Transport& transport) {
  registering_ = true;
  try {
    transport.registerProducer(*this, false);
  } catch (...) {
    registering_ = false;
    throw;
  }
  registering_ = false;
  transport_ = &transport;
}

/// As a pull producer this is asked for more when all is sent; and once when it is registered.
void UnsentWrites::resumeProducing() {
  if (registering_) return;
  for (Promise<void>& write : take()) {
    if (write.pending()) write.callback();
  }
}

std::vector<Promise<void>> UnsentWrites::take() noexcept {
  if (Transport* const transport = std::exchange(transport_, nullptr)) {
    transport->unregisterProducer();
  }
  return std::exchange(waiting_, {});
}

void UnsentWrites::fail(std::vector<Promise<void>> waiting, const Failure& reason) {
  for (Promise<void>& write : waiting) {
    if (write.pending()) write.errback(reason);
  }
}

}  // namespace couplet::detail
