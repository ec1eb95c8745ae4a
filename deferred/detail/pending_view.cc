// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/detail/pending_view.h>

#include <algorithm>
#include <utility>

#include <couplet/deferred/detail/waiting_for.h>
#include <couplet/deferred/thread_stamp.h>

namespace couplet::detail {

PendingView::PendingView() {
  for (const Chain* chain = Chain::firstOfThread(); chain; chain = chain->nextPending_) {
    if (pending(*chain)) chains_.push_back(chain);
  }
  std::reverse(chains_.begin(), chains_.end());
  for (std::size_t i = 0; i < chains_.size(); ++i) indices_.emplace(chains_[i], i);
}

bool PendingView::pending(const Chain& chain) noexcept {
  if (!chain.taken_ || chain.discarded_ || chain.buried_) return false;
  if (chain.state_ == Chain::State::kPending) return true;
  return chain.state_ != Chain::State::kGone && chain.head_;
}

std::vector<PendingDeferred> PendingView::describe() const {
  std::vector<PendingDeferred> all;
  all.reserve(chains_.size());
  for (const Chain* chain : chains_) all.push_back(describe(*chain));
  addFirers(all);
  handDownConnections(all);
  return all;
}

PendingDeferred PendingView::describe(const Chain& chain) const {
  PendingDeferred result;
  result.name = chain.name();
  result.made = chain.made();
  result.age = ThreadStamp::age(chain.stamp_);
  sayWhatFor(chain, result);
  for (const Step* step = chain.head_; step; step = step->next) {
    const SourceLocation site = step->attached();
    auto& sites = result.callbacks;
    if (sites.empty() || !(sites.back() == site)) sites.push_back(site);
  }
  if (chain.stamp_.connection) {
    result.connection = ConnectionNames::nameOf(chain.stamp_.connection);
  }
  return result;
}

void PendingView::sayWhatFor(const Chain& chain, PendingDeferred& to) const {
  if (chain.frame_ && !chain.running_) to.suspendedAt = chain.firedAt();
  if (chain.pauses_) {
    to.waitsFor = "unpause()";
  } else if (chain.running_) {
    to.waitsFor = "its callback, which runs now";
  } else if (chain.inner_) {
    waitOn(chain.inner_, to);
  } else if (chain.canceller_ && chain.cancellerOps_->waitsFor) {
    WaitingFor waiting;
    chain.cancellerOps_->waitsFor(chain.canceller_, waiting);
    to.waitsFor = waiting.what();
    for (const Chain* each : waiting.chains()) waitOn(each, to);
  } else {
    to.waitsFor = "its Promise";
  }
}

void PendingView::waitOn(const Chain* chain, PendingDeferred& to) const {
  if (auto found = indices_.find(chain); found != indices_.end()) {
    to.waitsOn.push_back(found->second);
  }
}

/// The Deferred of a Promise that was given to `chainDeferred` waits for the one that it was
/// chained to.
void PendingView::addFirers(std::vector<PendingDeferred>& all) const {
  for (std::size_t i = 0; i < chains_.size(); ++i) {
    for (const Step* step = chains_[i]->head_; step; step = step->next) {
      if (!step->ops->fires) continue;
      auto fired = indices_.find(step->ops->fires(*step));
      if (fired == indices_.end()) continue;
      all[fired->second].waitsOn.push_back(i);
      all[fired->second].waitsFor.clear();
    }
  }
}

void PendingView::handDownConnections(std::vector<PendingDeferred>& all) {
  std::vector<std::size_t> known;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].connection.empty()) known.push_back(i);
  }
  while (!known.empty()) {
    const std::size_t from = known.back();
    known.pop_back();
    for (std::size_t to : all[from].waitsOn) {
      if (!all[to].connection.empty()) continue;
      all[to].connection = all[from].connection;
      known.push_back(to);
    }
  }
}

}  // namespace couplet::detail
