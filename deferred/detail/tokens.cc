// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/detail/tokens.h>

#include <sstream>

#include <couplet/deferred/acquired.h>

namespace couplet::detail {

Deferred<Acquired> Tokens::acquire(SourceLocation here) {
  return free() > 0 ? succeed(take(here), here) : line_.join(here);
}

Acquired Tokens::take(SourceLocation askedAt) noexcept {
  --free_;
  lastTaken_ = askedAt;
  takenAt_ = ThreadStamp::current();
  return Acquired(CountedPtr<Tokens>(this));
}

// Not from within itself: one who gives back at once would make the stack grow by one waiter.
void Tokens::giveBack() noexcept {
  ++free_;
  if (handing_) return;
  CountedPtr<Tokens> self(this);
  handing_ = true;
  while (free_ > 0 && !line_.empty()) {
    Promise<Acquired> first = line_.leave();
    const SourceLocation askedAt = Access::use(first).made();
    first.callback(take(askedAt), askedAt);
  }
  handing_ = false;
}

std::string Tokens::describe(const void* self) {
  const auto& tokens = *static_cast<const Tokens*>(self);
  std::ostringstream out;
  if (tokens.count_ == 1) {
    out << "a lock, held";
  } else {
    out << "one of " << tokens.count_ << " tokens, the last held";
  }
  if (const auto age = ThreadStamp::age(tokens.takenAt_)) out << " for " << textOfTime(*age);
  out << " by the one who asked at " << tokens.lastTaken_;
  return out.str();
}

void Tokens::abandon() noexcept { line_.abandon(); }

}  // namespace couplet::detail
