// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/libevent_reactor.h>

#include <time.h>

#include <csignal>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <utility>

#include <glog/logging.h>

#include <couplet/deferred/pending.h>
#include <couplet/deferred/report.h>
#include <couplet/deferred/running_site.h>
#include <couplet/deferred/thread_stamp.h>
#include <couplet/reactor/detail/event_loop.h>
#include <couplet/reactor/detail/reactor_core.h>
#include <couplet/reactor/detail/sockets.h>
#include <couplet/reactor/detail/tcp_connector.h>
#include <couplet/reactor/detail/tcp_port.h>
#include <couplet/reactor/detail/watchdog.h>
#include <couplet/reactor/log.h>

namespace couplet {

namespace {

/// The time of the last tick of the system's clock; never ahead of the steady clock.
Clock::TimePoint coarseTime() noexcept {
  ::timespec time;
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
  return Clock::TimePoint(std::chrono::seconds(time.tv_sec) +
                          std::chrono::nanoseconds(time.tv_nsec));
}

void requirePort(int port, int lowest) {
  if (port >= lowest && port <= 65535) return;
  throw std::out_of_range("port " + std::to_string(port) + " is out of range (" +
                          std::to_string(lowest) + " to 65535)");
}

bool isLeftTo(void (*handler)(int), int signal) noexcept {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == handler;
}

/// Whether SIGUSR1 asks what is pending: not where the program wants it otherwise. From the first
/// time on it does not end the program any more, also while no reactor runs.
bool answersSigusr1() noexcept {
  static const bool taken = isLeftTo(SIG_DFL, SIGUSR1) && ::signal(SIGUSR1, SIG_IGN) != SIG_ERR;
  return taken && isLeftTo(SIG_IGN, SIGUSR1);
}

/// A peer that went away must not end the program; a program's own wish is left alone.
void ignoreSigpipe() {
  if (isLeftTo(SIG_DFL, SIGPIPE)) ::signal(SIGPIPE, SIG_IGN);
}

void reportToLog() {
  if (!reportsByDefault()) return;
  setReportFunction([](const UnhandledFailure& unhandled) { LogLine::error() << unhandled; });
}

}  // namespace

class LibeventReactor::Impl {
 public:
  Impl(LibeventReactor& reactor, const ReactorOptions& options);

  void run();
  TimePoint now() const noexcept { return now_ ? *now_ : std::chrono::steady_clock::now(); }
  /// A turn may take long, and delays count from when they are asked for, but for the few
  /// milliseconds of the coarse clock's ticks: asking that one takes a quarter of the time.
  void lookAtTheClock() noexcept {
    if (now_ && coarseTime() > *now_) readTheClock();
  }
  void readTheClock() noexcept {
    now_ = std::chrono::steady_clock::now();
    ThreadStamp::tellTime(*now_);
  }
  void watch(FileDescriptor& descriptor, short what, SourceLocation here);
  void unwatch(FileDescriptor& descriptor, short what);

  bool handleSignals;
  Duration stallLimit;
  int exitSignal = 0;
  detail::EventLoop events;
  detail::ReactorCore core;
  detail::Resolver resolver{
      [this](Callable<void()> call) { core.callFromThread(std::move(call), {}); }};
  detail::Sockets sockets{events, core.connections(), resolver, {}, {}};

 private:
  struct Watched {
    Watched(Impl& reactor, FileDescriptor& descriptor, SourceLocation added)
        : reactor(reactor), descriptor(descriptor), added(added) {}

    Impl& reactor;
    FileDescriptor& descriptor;
    SourceLocation added;
    detail::Watch reading;
    detail::Watch writing;

    detail::Watch& of(short what) { return what == detail::kReadable ? reading : writing; }
  };

  void takeTurn();
  void ran() noexcept;
  void watchSignals();
  static void signalled(int signal, short, void* self) noexcept;
  static void asked(int signal, short, void* self) noexcept;
  static void tellWhyLate();
  static void descriptorReady(int, short what, void* watched) noexcept;

  std::optional<TimePoint> now_;  // of this turn, while the reactor runs
  std::map<FileDescriptor*, Watched> watched_;
  detail::Watch interrupted_;
  detail::Watch terminated_;
  detail::Watch asked_;
};

LibeventReactor::Impl::Impl(LibeventReactor& reactor, const ReactorOptions& options)
    : handleSignals(options.handleSignals),
      stallLimit(detail::checkedStallLimit(options.stallLimit)),
      core(reactor, options, [this] { events.wake(); }) {}

void LibeventReactor::Impl::run() {
  core.requireNotStarted();
  const auto watchdog = detail::Watchdog::start(stallLimit);
  try {
    if (handleSignals) {
      watchSignals();
      core.whenLate([] { tellWhyLate(); });
    }
    readTheClock();
    core.start();
    while (core.beginTurn()) takeTurn();
  } catch (...) {  // the system refuses what the loop itself needs
    core.end();
    ran();
    throw;
  }
  ran();
}

void LibeventReactor::Impl::takeTurn() {
  auto earliest = core.timers().earliest();
  bool due = earliest && *earliest <= *now_;
  ThreadStamp::timePasses(&std::chrono::steady_clock::now);
  events.wait(!core.hasWork() && !due, earliest);
  readTheClock();
  core.endTurn();
}

void LibeventReactor::Impl::ran() noexcept {
  now_.reset();
  interrupted_.stop();
  terminated_.stop();
  asked_.stop();
}

void LibeventReactor::Impl::watchSignals() {
  interrupted_.startSignal(events, SIGINT, &Impl::signalled, this);
  terminated_.startSignal(events, SIGTERM, &Impl::signalled, this);
  if (answersSigusr1()) asked_.startSignal(events, SIGUSR1, &Impl::asked, this);
}

void LibeventReactor::Impl::signalled(int signal, short, void* self) noexcept {
  Impl& reactor = *static_cast<Impl*>(self);
  detail::ReactorCore& core = reactor.core;
  const char* name = signal == SIGINT ? "SIGINT" : "SIGTERM";
  if (core.stopping()) {
    LogLine::info() << "Received " << name << " again, shutting down at once.";
    return core.hurry();
  }
  LogLine::info() << "Received " << name << ", shutting down.";
  reactor.exitSignal = signal;
  core.stop();
}

void LibeventReactor::Impl::asked(int, short, void*) noexcept {
  try {
    std::ostringstream text;
    describePending(text);
    std::cerr << text.str() << std::flush;
  } catch (...) {
    LogLine::error() << "What is pending cannot be told: " << Failure::current();
  }
}

void LibeventReactor::Impl::tellWhyLate() {
  std::ostringstream text;
  text << "The shutdown takes longer than its deadline. ";
  if (describePending(text) > 0) std::cerr << text.str() << std::flush;
}

void LibeventReactor::Impl::watch(FileDescriptor& descriptor, short what, SourceLocation here) {
  core.requireThread("LibeventReactor::addReader or addWriter");
  auto [place, added] = watched_.try_emplace(&descriptor, *this, descriptor, here);
  detail::Watch& watch = place->second.of(what);
  if (watch.started()) return;
  try {
    watch.start(events, descriptor.fileno(), what, &Impl::descriptorReady, &place->second);
  } catch (...) {
    if (added) watched_.erase(place);
    throw;
  }
}

void LibeventReactor::Impl::unwatch(FileDescriptor& descriptor, short what) {
  core.requireThread("LibeventReactor::removeReader or removeWriter");
  auto place = watched_.find(&descriptor);
  if (place == watched_.end()) return;
  place->second.of(what).stop();
  if (!place->second.reading.started() && !place->second.writing.started()) watched_.erase(place);
}

void LibeventReactor::Impl::descriptorReady(int, short what, void* watched) noexcept {
  Impl& reactor = static_cast<Watched*>(watched)->reactor;
  FileDescriptor& descriptor = static_cast<Watched*>(watched)->descriptor;
  const RunningSite site(static_cast<Watched*>(watched)->added, "descriptor added at");
  try {
    (what & detail::kReadable) ? descriptor.doRead() : descriptor.doWrite();
  } catch (...) {
    LogLine::error() << "Exception in a FileDescriptor, which is removed: " << Failure::current();
    reactor.unwatch(descriptor, detail::kReadable);
    reactor.unwatch(descriptor, detail::kWritable);
  }
}

LibeventReactor::LibeventReactor(ReactorOptions options)
    : impl_(std::make_unique<Impl>(*this, options)) {
  ignoreSigpipe();
  reportToLog();
  if (options.handleSignals) answersSigusr1();
  ThreadStamp::tellTime(now());
}

LibeventReactor::~LibeventReactor() {
  LOG_IF(FATAL, running())
      << "The reactor is destroyed while it runs: stop() it, and let run() return.";
  impl_->core.end();
}

void LibeventReactor::run() { impl_->run(); }

void LibeventReactor::stop() { impl_->core.stop(); }

bool LibeventReactor::stopping() const noexcept { return impl_->core.stopping(); }

int LibeventReactor::exitSignal() const noexcept { return impl_->exitSignal; }

bool LibeventReactor::running() const noexcept { return impl_->core.running(); }

void LibeventReactor::callFromThread(Callable<void()> call, SourceLocation here) {
  impl_->core.callFromThread(std::move(call), here);
}

void LibeventReactor::callWhenRunning(Callable<void()> call, SourceLocation here) {
  impl_->core.callWhenRunning(std::move(call), here);
}

void LibeventReactor::addShutdownTrigger(ShutdownPhase phase, Callable<Deferred<void>()> trigger,
                                         SourceLocation here) {
  impl_->core.addShutdownTrigger(phase, std::move(trigger), here);
}

std::shared_ptr<ListeningPort> LibeventReactor::listenTCP(int port,
                                                          std::shared_ptr<Factory> factory,
                                                          ListenOptions options,
                                                          SourceLocation here) {
  requirePort(port, 0);
  impl_->core.requireNotOver("Reactor::listenTCP");
  return detail::TCPPort::open(impl_->sockets, port, std::move(factory), options, here);
}

std::shared_ptr<Connector> LibeventReactor::connectTCP(const std::string& host, int port,
                                                       std::shared_ptr<ClientFactory> factory,
                                                       ConnectOptions options,
                                                       SourceLocation here) {
  requirePort(port, 1);
  impl_->core.requireNotOver("Reactor::connectTCP");
  auto connector = std::make_shared<detail::TCPConnector>(
      impl_->sockets, impl_->core.weakConnections(), Address{host, port}, std::move(factory),
      std::move(options), here);
  connector->connect();
  return connector;
}

LibeventReactor::TimePoint LibeventReactor::now() const { return impl_->now(); }

DelayedCall LibeventReactor::callLater(Duration delay, Callable<void()> call, SourceLocation here) {
  impl_->lookAtTheClock();
  return impl_->core.callLater(delay, std::move(call), here);
}

void LibeventReactor::addReader(FileDescriptor& descriptor, SourceLocation here) {
  impl_->watch(descriptor, detail::kReadable, here);
}

void LibeventReactor::addWriter(FileDescriptor& descriptor, SourceLocation here) {
  impl_->watch(descriptor, detail::kWritable, here);
}

void LibeventReactor::removeReader(FileDescriptor& descriptor) {
  impl_->unwatch(descriptor, detail::kReadable);
}

void LibeventReactor::removeWriter(FileDescriptor& descriptor) {
  impl_->unwatch(descriptor, detail::kWritable);
}

std::unique_ptr<Reactor> newReactor(ReactorOptions options) {
  return std::make_unique<LibeventReactor>(options);
}

}  // namespace couplet
