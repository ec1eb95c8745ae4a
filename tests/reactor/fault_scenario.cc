// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "fault_scenario.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <thread>
#include <utility>

#include <couplet/deferred/defer_later.h>
#include <couplet/deferred/report.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/log.h>

namespace couplet {

using namespace std::chrono_literals;

/// Whether an error was logged, or a Failure reported, that nobody handled. Takes no memory, of
/// which there may be none.
class ErrorSeen {
 public:
  ErrorSeen()
      : listenerBefore_(setErrorListener([](std::string_view) { seen_ = true; })),
        reportBefore_(setReportFunction([](const UnhandledFailure&) { seen_ = true; })) {
    seen_ = false;
  }
  ~ErrorSeen() {
    setReportFunction(reportBefore_);
    setErrorListener(listenerBefore_);
  }
  bool seen() const { return seen_; }

 private:
  static inline std::atomic<bool> seen_;
  ErrorListener listenerBefore_;
  ReportFunction reportBefore_;
};

/// Of a client where it has a request, else of the server.
class ScenarioProtocol : public Protocol {
 public:
  ScenarioProtocol(FaultScenario& scenario, FaultScenario::Request* request)
      : scenario_(scenario), request_(request), fate_(scenario.fates_.emplace_back()) {}

  void connectionMade() override {
    ++fate_.made;
    if (request_) transport().write(request_->sent);
  }
  void dataReceived(std::string_view bytes) override {
    if (!request_) return transport().write(bytes);
    request_->received += bytes;
    if (request_->received.size() < request_->sent.size()) return;
    request_->sent.size() > 100 ? transport().loseWriteConnection() : transport().loseConnection();
  }
  void connectionLost(const Failure& reason) override {
    ++fate_.lost;
    scenario_.heard(reason);
  }

 private:
  FaultScenario& scenario_;
  FaultScenario::Request* request_;
  FaultScenario::Fate& fate_;
};

class ScenarioFactory : public ClientFactory {
 public:
  ScenarioFactory(FaultScenario& scenario, FaultScenario::Request* request)
      : scenario_(scenario), request_(request) {}

  std::unique_ptr<Protocol> buildProtocol(const Address&) override {
    return std::make_unique<ScenarioProtocol>(scenario_, request_);
  }
  void startFactory() override { ++scenario_.factoriesStarted_; }
  void stopFactory() override { ++scenario_.factoriesStopped_; }
  void clientConnectionFailed(const Failure& reason) override {
    scenario_.heard(reason);
    ++request_->outcomes;
    scenario_.ended();
  }
  void clientConnectionLost(const Failure& reason) override {
    scenario_.heard(reason);
    ++request_->outcomes;
    scenario_.ended();
  }

 private:
  FaultScenario& scenario_;
  FaultScenario::Request* request_;
};

FaultScenario::FaultScenario() : errorSeen_(std::make_unique<ErrorSeen>()) {
  long_.sent.assign(300'000, 'l');
  short_.sent = "a word";
}

FaultScenario::~FaultScenario() = default;

void FaultScenario::run() {
  try {
    LibeventReactor reactor({.handleSignals = false, .shutdownDeadline = 50ms});
    reactor_ = &reactor;
    live(reactor);
  } catch (...) {
    heard(Failure::current());
  }
  reactor_ = nullptr;
  port_.reset();
  told_ = told_ || errorSeen_->seen();
}

void FaultScenario::live(LibeventReactor& reactor) {
  port_ = reactor.listenTCP(0, std::make_shared<ScenarioFactory>(*this, nullptr),
                            {.interface = "127.0.0.1"});
  reactor.callLater(3s, [this] {
    gaveUp_ = true;
    stop();
  });
  reactor.callLater(1ms, [this] {
    timerRan_ = true;
    ended();
  });
  reactor.addShutdownTrigger(ShutdownPhase::kBefore, [&] {
    return deferLater(reactor, 1ms).addCallback([this] { triggerRan_ = true; });
  });
  connect("localhost", long_);
  connect("127.0.0.1", short_);
  std::jthread caller([&] {
    while (!callFromThread(reactor)) told_ = true;
  });
  reactor.run();
}

/// On another thread. False where there is no memory for it: it may be tried again.
bool FaultScenario::callFromThread(LibeventReactor& reactor) {
  try {
    reactor.callFromThread([this] {
      called_ = true;
      ended();
    });
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

void FaultScenario::connect(const std::string& host, Request& request) {
  reactor_->connectTCP(host, port_->getHost().port,
                       std::make_shared<ScenarioFactory>(*this, &request), {.timeout = 500ms});
}

void FaultScenario::heard(const Failure& reason) noexcept {
  if (reason.check<ConnectionDone>() || told_.exchange(true)) return;
  try {
    why_ = reason.message();
  } catch (const std::bad_alloc&) {
    why_.clear();
  }
}

void FaultScenario::ended() {
  if (over()) stop();
}

bool FaultScenario::over() const {
  return timerRan_ && called_ && long_.outcomes > 0 && short_.outcomes > 0;
}

void FaultScenario::stop() {
  try {
    reactor_->stop();
  } catch (const std::logic_error&) {  // stopped already
  }
}

bool FaultScenario::succeeded() const {
  return over() && triggerRan_ && long_.received == long_.sent && short_.received == short_.sent;
}

std::string FaultScenario::whatIsOdd() const {
  std::string odd;
  for (const Fate& fate : fates_) {
    if (fate.made > 1 || fate.lost != fate.made) odd += "a protocol that was not told once; ";
  }
  if (long_.outcomes > 1 || short_.outcomes > 1) odd += "an attempt with two outcomes; ";
  if (factoriesStarted_ != factoriesStopped_) odd += "a factory that was not stopped; ";
  if (gaveUp_) odd += "nothing happened any more; ";
  if (!told_ && !succeeded()) odd += "nobody was told why it failed; ";
  return odd;
}

std::string FaultScenario::describe() const {
  return (succeeded() ? "succeeded; " : "failed; ") + (told_ ? "told: " + why_ : "told nobody");
}

std::size_t descriptorsOpen() {
  std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace couplet
