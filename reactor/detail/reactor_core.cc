// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/detail/reactor_core.h>

#include <stdexcept>
#include <string>
#include <utility>

#include <couplet/deferred/running_site.h>
#include <couplet/reactor/log.h>

namespace couplet::detail {

namespace {

/// Called in a catch block.
void logException() {
  Failure failure = Failure::current();
  LogLine::error() << "Exception in a call of the reactor: " << failure << " ("
                   << failure.typeName() << ")";
}

/// `deadline`, the one of that name. Throws std::invalid_argument for one that cannot be.
Duration checked(const char* name, Duration deadline) {
  if (deadline >= Duration::zero()) return deadline;
  throw std::invalid_argument(std::string("a reactor's ") + name + " is not negative");
}

constexpr const char* kWhenRunningSite = "call for when it runs, asked for at";

void runSited(SitedCall& one, const char* what) noexcept {
  const RunningSite site(one.asked, what);
  runLogged(one.call);
}

}  // namespace

void runLogged(Callable<void()>& call) noexcept {
  try {
    call();
  } catch (...) {
    logException();
  }
}

ReactorCore::ReactorCore(Clock& clock, const ReactorOptions& options, Callable<void()> wake)
    : clock_(clock),
      timers_(clock),
      threadCalls_(std::move(wake)),
      connections_(std::make_shared<ConnectionLoop>(
          clock, checked("closingDeadline", options.closingDeadline))),
      shutdown_(*connections_, checked("shutdownDeadline", options.shutdownDeadline)) {}

void ReactorCore::end() noexcept {
  started_ = true;  // callWhenRunning drops what it is given
  running_ = false;
  releaseThread();
  connections_->endAll();
  timers_.close();
  threadCalls_.close();
  std::exchange(whenRunning_, {}).clear();
  shutdown_.close();
}

void ReactorCore::requireNotStarted() const {
  if (started_) throw std::logic_error("this reactor has been run before");
}

void ReactorCore::start() {
  requireNotStarted();
  started_ = running_ = true;
  claimThread();
  auto calls = std::exchange(whenRunning_, {});
  for (SitedCall& one : calls) runSited(one, kWhenRunningSite);
}

void ReactorCore::stop() {
  requireThread("Reactor::stop");
  if (!running_) throw std::logic_error("this reactor does not run");
  if (shutdown_.requested()) throw std::logic_error("this reactor was stopped before");
  shutdown_.request();
}

bool ReactorCore::beginTurn() {
  connections_->destroyBuried();
  for (SitedCall& one : threadCalls_.takeAll()) runSited(one, "call handed over at");
  runDueCalls();
  shutdown_.step();
  if (!shutdown_.done()) return true;
  running_ = false;
  releaseThread();
  threadCalls_.close();
  return false;
}

void ReactorCore::endTurn() {
  connections_->continueReading();
  connections_->flush();
  connections_->deliverLost();
}

bool ReactorCore::hasWork() const noexcept {
  return connections_->hasWork() || shutdown_.canStep();
}

DelayedCall ReactorCore::callLater(Duration delay, Callable<void()>&& call, SourceLocation here) {
  return timers_.add(delay, std::move(call), here);
}

void ReactorCore::callWhenRunning(Callable<void()> call, SourceLocation here) {
  requireThread("Reactor::callWhenRunning");
  if (running_) {
    SitedCall now{std::move(call), here};
    runSited(now, kWhenRunningSite);
  } else if (!started_) {
    whenRunning_.push_back({std::move(call), here});
  }
}

void ReactorCore::addShutdownTrigger(ShutdownPhase phase, Callable<Deferred<void>()> trigger,
                                     SourceLocation here) {
  requireThread("Reactor::addShutdownTrigger");
  shutdown_.addTrigger(phase, std::move(trigger), here);
}

void ReactorCore::requireNotOver(const char* call) const {
  requireThread(call);
  if (connections_->over()) throw std::logic_error("this reactor has stopped for good");
}

void ReactorCore::claimThread() noexcept {
  timers_.thread().claim();
  connections_->thread().claim();
  names_.emplace(*connections_);
}

void ReactorCore::releaseThread() noexcept {
  names_.reset();
  timers_.thread().release();
  connections_->thread().release();
}

void ReactorCore::runDueCalls() {
  Clock::TimePoint now = clock_.now();
  std::uint64_t mark = timers_.mark();
  for (bool more = true; more;) {
    try {
      more = timers_.runNextDue(now, mark);
    } catch (...) {
      logException();
    }
  }
}

}  // namespace couplet::detail
