// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/detail/shutdown.h>

#include <utility>

#include <couplet/reactor/detail/connection_loop.h>
#include <couplet/reactor/log.h>

namespace couplet::detail {

Shutdown::Shutdown(ConnectionLoop& connections, Duration deadline)
    : connections_(connections), deadline_(deadline) {}

void Shutdown::close() noexcept {
  for (auto& triggers : triggers_) std::exchange(triggers, {}).clear();
  discardAwaited();
  if (abort_.active()) abort_.cancel();
  if (lateCall_.active()) lateCall_.cancel();
}

void Shutdown::addTrigger(ShutdownPhase phase, Callable<Deferred<void>()> trigger,
                          SourceLocation here) {
  triggers_[static_cast<std::size_t>(phase)].push_back({std::move(trigger), here});
}

void Shutdown::step() {
  while (canStep()) enter(static_cast<Stage>(static_cast<int>(stage_) + 1));
  if (hurried_ && stage_ == Stage::kDuring) connections_.abortAll();
}

bool Shutdown::canStep() const noexcept {
  if (!requested_ || stage_ == Stage::kDone) return false;
  if (stage_ == Stage::kRunning) return true;
  if (waiting_ > 0 && !hurried_) return false;
  if (stage_ == Stage::kBefore) return true;
  bool attempts = connections_.hasOpenEnds() && abort_.active() && !hurried_;
  return !connections_.hasConnections() && !attempts;
}

void Shutdown::enter(Stage stage) {
  stage_ = stage;
  if (stage == Stage::kBefore) {
    if (late_) lateCall_ = connections_.clock().callLater(deadline_, [this] { late_(); });
    return runTriggers(ShutdownPhase::kBefore);
  }
  if (stage == Stage::kDuring) {
    abort_ = connections_.clock().callLater(deadline_, [this] { connections_.abortAll(); });
    connections_.closeAll();
    return runTriggers(ShutdownPhase::kDuring);
  }
  if (abort_.active()) abort_.cancel();
  if (lateCall_.active()) lateCall_.cancel();
  discardAwaited();
  connections_.endAll();
  runTriggers(ShutdownPhase::kAfter);
}

/// For what was hurried past.
void Shutdown::discardAwaited() noexcept {
  for (Deferred<void>& work : std::exchange(awaited_, {})) std::move(work).discard();
}

void Shutdown::runTriggers(ShutdownPhase phase) {
  auto& triggers = triggers_[static_cast<std::size_t>(phase)];
  for (std::size_t i = 0; i < triggers.size(); ++i) {  // a trigger may add others
    Trigger trigger = std::move(triggers[i]);
    Deferred<void> work = maybeDeferred(std::move(trigger.call), trigger.added);
    if (work) waitFor(std::move(work));
  }
}

void Shutdown::waitFor(Deferred<void> work) {
  ++waiting_;
  work.addErrback([](const Failure& failure) {
    LogLine::error() << "Exception in a shutdown trigger: " << failure << " (" << failure.typeName()
                     << ")";
  });
  work.addBoth([this](Result<void> result) -> Result<void> {
    --waiting_;
    return result;
  });
  awaited_.push_back(std::move(work));
}

}  // namespace couplet::detail
