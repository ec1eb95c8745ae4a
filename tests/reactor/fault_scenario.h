// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// For tests of faults: a bit of everything that a reactor does, once, from its birth to its death,
// and who heard of what.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <string>

#include <couplet/deferred/failure.h>
#include <couplet/reactor/factory.h>
#include <couplet/reactor/libevent_reactor.h>

namespace couplet {

/// A server that echoes, a client that comes by name, sends much, and closes its direction when all
/// is back, one that says a word and closes, a timer, a call from a thread, and the end with a
/// trigger that is waited for.
class FaultScenario {
 public:
  FaultScenario();
  ~FaultScenario();

  /// Lives it through. Returns when the reactor is gone; throws nothing.
  void run();

  /// Everything went as it should.
  bool succeeded() const;

  /// Somebody was told why it did not: by an exception out of a call, by the reason of a
  /// connection's end, or by the log.
  bool told() const { return told_; }

  /// It had to be ended, since nothing happened any more.
  bool gaveUp() const { return gaveUp_; }

  /// Each protocol that heard makeConnection heard connectionLost once, the others never; each
  /// attempt had one outcome; each factory that was started was stopped.
  std::string whatIsOdd() const;

  std::string describe() const;

 private:
  friend class ScenarioProtocol;
  friend class ScenarioFactory;

  /// How one protocol fared.
  struct Fate {
    int made = 0;
    int lost = 0;
  };
  /// A client's request, and its outcome.
  struct Request {
    std::string sent;
    std::string received;
    int outcomes = 0;
  };

  void live(LibeventReactor& reactor);
  bool callFromThread(LibeventReactor& reactor);
  void connect(const std::string& host, Request& request);
  void heard(const Failure& reason) noexcept;
  void ended();
  bool over() const;
  void stop();

  LibeventReactor* reactor_ = nullptr;  // while it lives
  std::shared_ptr<ListeningPort> port_;
  std::deque<Fate> fates_;
  Request long_;
  Request short_;
  bool timerRan_ = false;
  bool triggerRan_ = false;
  bool called_ = false;
  std::atomic<bool> told_ = false;
  bool gaveUp_ = false;
  int factoriesStarted_ = 0;
  int factoriesStopped_ = 0;
  std::string why_;                             // what was told first
  std::unique_ptr<class ErrorSeen> errorSeen_;  // by the log
};

/// How many descriptors this process has.
std::size_t descriptorsOpen();

}  // namespace couplet
