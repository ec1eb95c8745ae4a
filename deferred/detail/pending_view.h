// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Reads the chains of a thread for deferred/pending.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <unordered_map>
#include <vector>

#include <couplet/deferred/detail/chain.h>
#include <couplet/deferred/pending.h>

namespace couplet::detail {

/// The oldest chains that are pending now, `most` of them. Nothing may run while this is in use.
class PendingView {
 public:
  explicit PendingView(std::size_t most = std::numeric_limits<std::size_t>::max());

  /// How many there are in all.
  std::size_t count() const noexcept { return count_; }

  /// Whether chains are listed at all.
  static bool built() noexcept;

  std::vector<PendingDeferred> describe();

 private:
  static bool pending(const Chain& chain) noexcept;

  PendingDeferred describe(const Chain& chain);
  void sayWhatFor(const Chain& chain, PendingDeferred& to) const;
  void sayByCanceller(const Chain& chain, PendingDeferred& to) const;
  const std::string& connectionName(std::uint32_t number);
  void waitOn(const Chain* chain, PendingDeferred& to) const;
  void addFirers(std::vector<PendingDeferred>& all) const;
  static void handDownConnections(std::vector<PendingDeferred>& all);

  std::size_t count_ = 0;
  std::vector<const Chain*> chains_;
  std::unordered_map<std::uint32_t, std::string> connections_;
  std::unordered_map<const Chain*, std::size_t> indices_;
};

}  // namespace couplet::detail
