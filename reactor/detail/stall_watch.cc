// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/detail/stall_watch.h>

#include <sstream>
#include <utility>

namespace couplet::detail {

namespace {

using std::memory_order_acquire;
using std::memory_order_relaxed;
using std::memory_order_release;

void print(std::ostream& out, const CallSite& site) {
  out << site.what;
  if (site.where.line > 0) out << ' ' << site.where;
}

void print(std::ostream& out, const CallSite& site, const SiteSubject& subject) {
  if (!subject.print) return print(out, site);
  subject.print(out, subject.words);
  out << ", ";
  print(out, site);
}

}  // namespace

// Whoever reads a part that was stored here sees thereafter that what ran before has ended.
void StallWatch::begin(TimePoint now, const CallSite& site, const SiteSubject& subject) noexcept {
  begunAt_.store(now.time_since_epoch().count(), memory_order_release);
  what_.store(site.what, memory_order_release);
  file_.store(site.where.file, memory_order_release);
  line_.store(site.where.line, memory_order_release);
  print_.store(subject.print, memory_order_release);
  for (std::size_t i = 0; i < words_.size(); ++i) {
    words_[i].store(subject.words[i], memory_order_release);
  }
  state_.store(state_.load(memory_order_relaxed) + kStates + kRuns);
}

bool StallWatch::end(TimePoint now) noexcept {
  const std::uint64_t state = state_.load(memory_order_relaxed);
  const std::uint64_t idle = state - state % kStates;
  if (state_.exchange(idle) % kStates != kTold) return false;
  lasted_.store(lasting(now).count(), memory_order_release);
  return true;
}

std::optional<Stall> StallWatch::check(TimePoint now) {
  if (told_) return checkOver();
  std::uint64_t state = state_.load(memory_order_acquire);
  const Duration duration = lasting(now);
  if (state % kStates != kRuns || duration < limit_) return std::nullopt;
  const Seen seen = look();
  if (state_.load() != state) return std::nullopt;  // parts of two
  Stall stall{false, duration, seen.innermost.where, seen.describe()};
  if (!state_.compare_exchange_strong(state, state - kRuns + kTold)) return std::nullopt;
  told_ = stall;
  return stall;
}

std::optional<Stall> StallWatch::checkOver() {
  const Duration lasted(lasted_.exchange(0, memory_order_acquire));
  if (lasted == Duration::zero()) return std::nullopt;
  Stall over = std::move(*std::exchange(told_, std::nullopt));
  over.over = true;
  over.duration = lasted;
  return over;
}

std::optional<StallWatch::TimePoint> StallWatch::nextCheck(TimePoint now) noexcept {
  if (told_) return std::nullopt;
  const std::uint64_t state = state_.load();
  if (state % kStates == kRuns) return now - lasting(now) + limit_;
  if (std::exchange(seen_, state) == state) return std::nullopt;
  return now + limit_ / 2;
}

Duration StallWatch::lasting(TimePoint now) const noexcept {
  return now.time_since_epoch() - Duration(begunAt_.load(memory_order_relaxed));
}

/// What was begun last.
StallWatch::Seen StallWatch::look() const noexcept {
  Seen seen;
  seen.outermost.what = what_.load(memory_order_acquire);
  seen.outermost.where = {file_.load(memory_order_acquire), line_.load(memory_order_acquire)};
  seen.subject.print = print_.load(memory_order_acquire);
  for (std::size_t i = 0; i < words_.size(); ++i) {
    seen.subject.words[i] = words_[i].load(memory_order_acquire);
  }
  seen.innermost = sites_.innermost();
  return seen;
}

std::string StallWatch::Seen::describe() const {
  std::ostringstream out;
  const bool inside = innermost != outermost;
  if (inside) print(out, innermost);
  if (inside && !subject.print && innermost.where == outermost.where) return out.str();
  if (inside) out << ", for ";
  print(out, outermost, subject);
  return out.str();
}

}  // namespace couplet::detail
