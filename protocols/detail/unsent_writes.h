// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Writers who wait until a transport has sent what they wrote.
#pragma once

#include <cstddef>
#include <vector>

#include <couplet/deferred/deferred.h>
#include <couplet/reactor/producer.h>
#include <couplet/reactor/transport.h>

namespace couplet::detail {

/// Is the transport's producer while somebody waits, and no longer. Those who are fired may destroy
/// it.
class UnsentWrites final : private Producer {
 public:
  /// So many may wait, each taking some 512 bytes; one more aborts the connection with
  /// WriteBufferFullError.
  static constexpr std::size_t kMostWaiting = 64 * 1024;

  UnsentWrites() = default;
  UnsentWrites(const UnsentWrites&) = delete;
  UnsentWrites& operator=(const UnsentWrites&) = delete;

  /// What was written to `transport`, always the same one: fires at once while no more than
  /// Producer::kHighMark is unsent, else when all is sent. Such an answer does not wait where the
  /// connection is lost: then `lost` will tell.
  Deferred<void> sent(Transport& transport, SourceLocation here) {
    if (transport.connected() && transport.unsent() <= kHighMark) return succeed(here);
    return wait(transport, here);
  }

  /// Those who wait, for one who ends them otherwise: by `fail`, or by destroying them.
  std::vector<Promise<void>> take() noexcept;

  /// They fail with `reason`.
  static void fail(std::vector<Promise<void>> waiting, const Failure& reason);

 private:
  Deferred<void> wait(Transport& transport, SourceLocation here);
  void beProducerOf(Transport& transport);
  void resumeProducing() override;
  void stopProducing() override { transport_ = nullptr; }

  std::vector<Promise<void>> waiting_;  // some may be cancelled
  Transport* transport_ = nullptr;      // that this is registered with
  bool registering_ = false;            // and is being so now
};

}  // namespace couplet::detail
