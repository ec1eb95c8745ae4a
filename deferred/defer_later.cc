// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/defer_later.h>

#include <optional>

namespace couplet {

namespace {

// Not a lambda given to the Promise, since the Promise goes into the timer that it stops.
struct TimerCanceller {
  DelayedCall timer;

  static void cancel(void* self, detail::Chain&) {
    auto& timer = static_cast<TimerCanceller*>(self)->timer;
    if (timer.active()) timer.cancel();
  }
  static void destroy(void* self) noexcept {
    static_cast<TimerCanceller*>(self)->~TimerCanceller();
  }
  static void waitsFor(const void* self, detail::WaitingFor& waiting) {
    waiting.say(detail::textOfTimer(static_cast<const TimerCanceller*>(self)->timer));
  }
  static constexpr detail::CancellerOps kOps = {&cancel, nullptr, &destroy, false, &waitsFor};
};

}  // namespace

Deferred<void> deferLater(Clock& clock, Duration delay, SourceLocation here) {
  Promise<void> promise(here);
  Deferred<void> fired = promise.deferred();
  DelayedCall timer;
  try {
    auto fire = [promise = std::move(promise), here]() mutable { promise.callback(here); };
    timer = clock.callLater(delay, std::move(fire), here);
  } catch (...) {
    std::move(fired).discard();
    throw;
  }
  detail::installCanceller<TimerCanceller>(detail::Access::use(fired), std::move(timer));
  return fired;
}

}  // namespace couplet
