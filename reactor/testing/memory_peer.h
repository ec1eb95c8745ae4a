// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The network, played by a test: what a MemoryReactor gives it in place of a peer.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include <couplet/deferred/failure.h>

namespace couplet::detail {
struct MemoryPeerRecord;
}

#pragma GCC visibility push(default)
namespace couplet::testing {

/// The other end of a connection, in the hands of the test. A copy means the same end. Calls on a
/// lost one do nothing. What they begin happens in the reactor's next turns.
class MemoryPeer {
 public:
  explicit MemoryPeer(std::shared_ptr<couplet::detail::MemoryPeerRecord> record);

  /// All that the program has sent, since the beginning or `clear`. Valid until more comes.
  std::string_view value() const noexcept;
  void clear() noexcept;

  void write(std::string_view bytes);
  /// Ends the connection as Transport's methods of these names do.
  void loseConnection();
  void loseWriteConnection();
  void abortConnection();
  /// Stops reading, so that the program's bytes pile up, and goes on.
  void pauseProducing();
  void resumeProducing();

  bool connected() const noexcept;
  /// Whether the program closed its direction; this end closes then too, once it is sent what it
  /// wrote.
  bool inputEnded() const noexcept;
  /// Why the connection was lost, if it is.
  const std::optional<Failure>& lossReason() const noexcept;

 private:
  std::shared_ptr<couplet::detail::MemoryPeerRecord> record_;
};

}  // namespace couplet::testing
#pragma GCC visibility pop
