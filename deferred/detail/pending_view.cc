// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/detail/pending_view.h>

#include <deque>
#include <exception>
#include <utility>

#include <couplet/deferred/detail/waiting_for.h>
#include <couplet/deferred/thread_stamp.h>

namespace couplet::detail {

// The list has the youngest first: of those the last are kept.
PendingView::PendingView(std::size_t most) {
  std::deque<const Chain*> oldest;
  for (const Chain* chain = Chain::firstOfThread(); chain; chain = chain->nextPending_) {
    if (!pending(*chain)) continue;
    ++count_;
    oldest.push_front(chain);
    if (oldest.size() > most) oldest.pop_back();
  }
  chains_.assign(oldest.begin(), oldest.end());
  for (std::size_t i = 0; i < chains_.size(); ++i) indices_.emplace(chains_[i], i);
}

bool PendingView::pending(const Chain& chain) noexcept {
  if (!chain.taken_ || chain.discarded_ || chain.buried_) return false;
  if (chain.state_ == Chain::State::kGone) return false;
  const bool waits = chain.inner_ || chain.frame_ || chain.pauses_ || chain.running_;
  return waits || !chain.fired_ || (chain.hasResult() && chain.head_);
}

std::vector<PendingDeferred> PendingView::describe() {
  std::vector<PendingDeferred> all;
  all.reserve(chains_.size());
  for (const Chain* chain : chains_) all.push_back(describe(*chain));
  addFirers(all);
  handDownConnections(all);
  return all;
}

PendingDeferred PendingView::describe(const Chain& chain) {
  PendingDeferred result;
  result.name = chain.name();
  result.made = chain.made();
  result.age = ThreadStamp::age(chain.stamp_);
  sayWhatFor(chain, result);
  const Step* step = chain.head_;
  const bool runs = chain.kept_ || (chain.running_ && !chain.frame_);
  if (step && runs) step = step->next;  // that one runs, or has
  for (; step; step = step->next) {
    const SourceLocation site = step->attached();
    auto& sites = result.callbacks;
    if (sites.empty() || !(sites.back() == site)) sites.push_back(site);
  }
  if (chain.stamp_.connection) result.connection = connectionName(chain.stamp_.connection);
  return result;
}

const std::string& PendingView::connectionName(std::uint32_t number) {
  const auto [place, added] = connections_.try_emplace(number);
  if (added) place->second = ConnectionNames::nameOf(number);
  return place->second;
}

void PendingView::sayWhatFor(const Chain& chain, PendingDeferred& to) const {
  if (chain.frame_ && !chain.running_) to.suspendedAt = chain.firedAt();
  if (chain.running_) {
    to.waitsFor = chain.frame_ ? "its body, which runs now" : "its callback, which runs now";
  } else if (chain.cancelling_) {
    to.waitsFor = "its canceller, which runs now";
  } else if (chain.inner_) {
    waitOn(chain.inner_, to);
  } else if (!chain.fired_ && chain.canceller_ && chain.cancellerOps_->waitsFor) {
    sayByCanceller(chain, to);
  } else if (!chain.fired_) {
    to.waitsFor = "its Promise";
  }
  if (chain.pauses_)
    to.waitsFor = to.waitsFor.empty() ? "unpause()" : "unpause(), and " + to.waitsFor;
}

// This may be a user's, and must not hide the others.
void PendingView::sayByCanceller(const Chain& chain, PendingDeferred& to) const {
  WaitingFor waiting;
  try {
    chain.cancellerOps_->waitsFor(chain.canceller_, waiting);
  } catch (const std::exception& error) {
    waiting.say(std::string("what cannot be told: ") + error.what());
  }
  to.waitsFor = waiting.what();
  for (const Chain* each : waiting.chains()) waitOn(each, to);
}

void PendingView::waitOn(const Chain* chain, PendingDeferred& to) const {
  if (auto found = indices_.find(chain); found != indices_.end()) {
    to.waitsOn.push_back(found->second);
  } else if (to.waitsFor.empty()) {
    to.waitsFor = "a Deferred that is not shown";
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
