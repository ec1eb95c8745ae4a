// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/react.h>

#include <memory>
#include <stdexcept>

#include <couplet/reactor/log.h>

namespace couplet::detail {

namespace {

/// Shared with the calls that the reactor keeps.
class Reaction : public std::enable_shared_from_this<Reaction> {
 public:
  using Main = Callable<Deferred<void>(Reactor& reactor)>;

  Reaction(Reactor& reactor, Main main) : reactor_(reactor), main_(std::move(main)) {}

  int run();

 private:
  void begin();
  void end() noexcept;
  void ended(const Result<void>& result);
  void stop();

  Reactor& reactor_;
  Main main_;
  Deferred<void> work_;
  bool over_ = false;      // the run is
  bool stopping_ = false;  // the reactor is
  int status_ = 0;
};

int Reaction::run() {
  auto self = shared_from_this();
  reactor_.addShutdownTrigger(ShutdownPhase::kBefore, [self] {
    self->stopping_ = true;
    return succeed();
  });
  reactor_.callWhenRunning([self] {
    if (!self->over_) self->begin();
  });
  try {
    reactor_.run();
  } catch (...) {
    end();
    throw;
  }
  end();
  return status_;
}

void Reaction::end() noexcept {
  over_ = true;
  if (Deferred<void> work = std::move(work_)) std::move(work).discard();
}

void Reaction::begin() {
  work_ = main_(reactor_).addBoth([this](Result<void> result) { ended(result); });
}

void Reaction::ended(const Result<void>& result) {
  stop();
  if (result) return;
  const Failure& failure = result.failure();
  if (const auto* exit = failure.get<SystemExit>()) {
    status_ = exit->code();
  } else {
    LogLine::error() << "main function encountered error: " << failure << " (" << failure.typeName()
                     << ")";
    status_ = 1;
  }
}

void Reaction::stop() try {
  if (!stopping_) reactor_.stop();
} catch (const std::logic_error&) {  // `main` has stopped it in this turn
}

}  // namespace

int react(Reactor& reactor, Callable<Deferred<void>(Reactor& reactor)> main) {
  return std::make_shared<Reaction>(reactor, std::move(main))->run();
}

}  // namespace couplet::detail
