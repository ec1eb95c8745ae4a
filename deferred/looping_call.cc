// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/looping_call.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <stdexcept>

#include <couplet/deferred/detail/shared_canceller.h>

namespace couplet {

namespace detail {

/// Lives as long as a LoopingCall, or a call of its function that is on the stack.
class Looping : public std::enable_shared_from_this<Looping> {
 public:
  using Function = Callable<Deferred<void>(int count)>;

  Looping(LoopingCall& owner, Clock& clock, Function function)
      : owner_(owner), clock_(clock), function_(std::move(function)) {}

  Deferred<LoopingCall*> start(Duration interval, bool now, SourceLocation here);
  void stop();
  void reset();
  /// The owner goes.
  void close();

  // For the canceller of what `start` gave.
  void cancel(SourceLocation where);
  void discard() noexcept;
  void waitsFor(WaitingFor& waiting) const;

  bool running() const noexcept { return running_; }
  Duration interval() const noexcept { return interval_; }

 private:
  struct Tick;

  void run();
  void ended(Result<void> result);
  void schedule();
  void timerDropped();
  void stopWaiting();
  void requireRunning() const;
  int countIntervals();
  void fire();
  void fail(Failure failure);
  Promise<LoopingCall*> takePromise();

  LoopingCall& owner_;
  SourceLocation made_;  // the last Deferred of `start`
  Clock& clock_;
  Function function_;
  std::optional<Promise<LoopingCall*>> promise_;  // from `start` until that has ended
  Deferred<void> work_;                           // a call that has not ended; else empty
  DelayedCall timer_;
  Clock::TimePoint start_;  // what the intervals are counted from
  Clock::TimePoint last_;   // of the last call
  Duration interval_{};
  bool running_ = false;
  bool waiting_ = false;  // for the timer
  bool calling_ = false;  // the function is on the stack
};

/// What the clock keeps.
struct Looping::Tick {
  std::shared_ptr<Looping> looping;

  explicit Tick(std::shared_ptr<Looping> whose) noexcept : looping(std::move(whose)) {}
  Tick(Tick&&) noexcept = default;
  ~Tick() {
    if (looping) looping->timerDropped();
  }

  void operator()() {
    auto due = std::exchange(looping, nullptr);
    due->waiting_ = false;
    due->run();
  }
};

Deferred<LoopingCall*> Looping::start(Duration interval, bool now, SourceLocation here) {
  if (running_) throw std::logic_error("this LoopingCall runs already");
  if (promise_ || calling_) throw std::logic_error("a call of this LoopingCall is under way yet");
  if (interval < Duration::zero()) throw std::invalid_argument("an interval is not negative");
  auto self = shared_from_this();
  Deferred<LoopingCall*> stopped = promise_.emplace(here).deferred();
  installCanceller<SharedCanceller<std::shared_ptr<Looping>>>(Access::use(stopped), self);
  running_ = true;
  made_ = here;
  interval_ = interval;
  start_ = last_ = clock_.now();
  if (now) last_ -= interval;
  now ? run() : schedule();
  return stopped;
}

void Looping::stop() {
  requireRunning();
  running_ = false;
  if (!waiting_) return;
  stopWaiting();
  fire();
}

void Looping::reset() {
  requireRunning();
  if (!waiting_) return;
  stopWaiting();
  start_ = clock_.now();
  schedule();
}

void Looping::close() {
  auto self = shared_from_this();
  running_ = false;
  stopWaiting();
  if (Deferred<void> work = std::move(work_)) std::move(work).discard();
  if (promise_) fire();
}

void Looping::cancel(SourceLocation where) {
  running_ = false;
  stopWaiting();
  if (Deferred<void> work = std::move(work_)) {
    work.cancel(where);
    std::move(work).discard();
  }
  if (promise_) fail(Failure(CancelledError(), where));
}

void Looping::waitsFor(WaitingFor& waiting) const {
  waiting.say("a LoopingCall, every " + textOfTime(interval_));
  if (work_) waiting.on(Access::use(work_));
}

void Looping::discard() noexcept {
  running_ = false;
  stopWaiting();
  if (Deferred<void> work = std::move(work_)) std::move(work).discard();
  promise_.reset();
}

void Looping::run() {
  auto self = shared_from_this();
  calling_ = true;
  Deferred<void> work = function_(countIntervals());
  calling_ = false;
  if (!promise_) return std::move(work).discard();  // ended from within
  work.addBoth([this](Result<void> result) { ended(std::move(result)); });
  if (!work.readyValue()) work_ = std::move(work);
}

void Looping::ended(Result<void> result) {
  auto self = shared_from_this();
  work_ = Deferred<void>();
  if (!result) return fail(std::move(result).failure());
  running_ ? schedule() : fire();
}

/// To the next multiple of the interval. The time is the one that callLater has just counted from,
/// which may be later than that of the turn.
void Looping::schedule() try {
  waiting_ = true;
  timer_ = clock_.callLater(interval_, Tick(shared_from_this()), made_);
  if (!timer_.active() || interval_ == Duration::zero()) return;
  const Duration elapsed = timer_.getTime() - interval_ - start_;
  timer_.delay(-(elapsed % interval_));
} catch (...) {
  if (!std::current_exception()) throw;  // the end of the thread
  waiting_ = false;
  if (promise_) fail(Failure::current());
}

void Looping::timerDropped() {
  if (!std::exchange(waiting_, false) || !promise_) return;
  fail(Failure(AbandonedError(made_), made_));
}

void Looping::stopWaiting() {
  waiting_ = false;
  DelayedCall timer = std::exchange(timer_, DelayedCall());
  if (timer.active()) timer.cancel();
}

void Looping::requireRunning() const {
  if (!running_) throw std::logic_error("this LoopingCall does not run");
}

int Looping::countIntervals() {
  if (interval_ == Duration::zero()) return 1;
  const Clock::TimePoint now = clock_.now();
  const auto before = (std::exchange(last_, now) - start_) / interval_;
  const auto count = (now - start_) / interval_ - before;
  return static_cast<int>(std::min<decltype(count)>(count, std::numeric_limits<int>::max()));
}

void Looping::fire() { takePromise().callback(&owner_); }

void Looping::fail(Failure failure) {
  running_ = false;
  takePromise().errback(std::move(failure));
}

Promise<LoopingCall*> Looping::takePromise() {
  Promise<LoopingCall*> promise = std::move(*promise_);
  promise_.reset();
  return promise;
}

}  // namespace detail

LoopingCall::LoopingCall(Counting, Clock& clock, Function f)
    : looping_(std::make_shared<detail::Looping>(*this, clock, std::move(f))) {}

LoopingCall::~LoopingCall() { looping_->close(); }

Deferred<LoopingCall*> LoopingCall::start(Duration interval, bool now, SourceLocation here) {
  return looping_->start(interval, now, here);
}

void LoopingCall::stop() { looping_->stop(); }

void LoopingCall::reset() { looping_->reset(); }

bool LoopingCall::running() const noexcept { return looping_->running(); }

Duration LoopingCall::interval() const noexcept { return looping_->interval(); }

}  // namespace couplet
