// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Reads the chains of a thread for deferred/pending.h.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <vector>

#include <couplet/deferred/detail/chain.h>
#include <couplet/deferred/pending.h>

namespace couplet::detail {

/// The chains that are pending now. Nothing may run while this is in use.
class PendingView {
 public:
  PendingView();

  /// Whether chains are listed at all.
  static bool built() noexcept;

  std::vector<PendingDeferred> describe() const;

 private:
  static bool pending(const Chain& chain) noexcept;

  PendingDeferred describe(const Chain& chain) const;
  void sayWhatFor(const Chain& chain, PendingDeferred& to) const;
  void waitOn(const Chain* chain, PendingDeferred& to) const;
  void addFirers(std::vector<PendingDeferred>& all) const;
  static void handDownConnections(std::vector<PendingDeferred>& all);

  std::vector<const Chain*> chains_;
  std::unordered_map<const Chain*, std::size_t> indices_;
};

}  // namespace couplet::detail
