// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Fetches what URLs name, and prints the bodies in the order asked for.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <couplet/deferred/deferred.h>
#include <couplet/protocols/http/agent.h>

#include "examples/http/body_in_turn.h"
#include "examples/http/output.h"

namespace fetching {

/// What is asked of each URL.
struct Asked {
  std::string method;
  couplet::Headers headers;
  std::string data;
  bool followsRedirections = false;
  bool tellsProgress = false;
};

/// At most six at once of one server, as browsers do, and of all the hundred whose turn to be
/// printed is next. That whose turn it is waits for no other: it has been asked for by then, its
/// connections are its own, and what the others receive meanwhile is kept.
class Fetcher {
 public:
  /// `reactor` and `output` must outlive it.
  Fetcher(couplet::Reactor& reactor, const std::vector<std::string>& urls, Asked asked,
          Output& output);
  Fetcher(const Fetcher&) = delete;
  Fetcher& operator=(const Fetcher&) = delete;
  /// Ends what is under way.
  ~Fetcher();

  /// Fetches all, prints them, then stops the reactor. The output is opened at the first response.
  void start();

  /// False where one is missing, or cut short: that was told on standard error.
  bool everyResponseCame() const { return everyResponseCame_; }

  /// Why no more could be printed.
  const std::optional<couplet::Failure>& outputFailure() const { return outputFailure_; }

 private:
  /// A URL that is asked for.
  struct Task {
    explicit Task(const std::string& text);

    std::string name;                 // for people
    std::optional<couplet::Url> url;  // none where the text is no URL: `refused` says why
    std::optional<couplet::Failure> refused;
    bool started = false;
    BodyInTurn body;
    couplet::Deferred<void> work;  // once it is started
  };

  static std::string serverOf(const Task& task);
  void startMore();
  Task* nextToStart();
  couplet::Deferred<void> fetch(Task& task);
  couplet::Deferred<void> receive(Task& task);
  couplet::Deferred<couplet::Response> ask(const Task& task);
  couplet::Deferred<void> printAll();
  void complain(const Task& task, const couplet::Failure& failure);
  void outputFailed(const couplet::Failure& failure);
  void stop();

  couplet::Reactor& reactor_;
  couplet::Agent agent_;
  const std::vector<std::string> urls_;
  const Asked asked_;
  Output& output_;

  std::deque<Task> tasks_;             // the first one is that whose turn it is
  std::size_t entered_ = 0;            // how many of the URLs became tasks
  std::map<std::string, int> atWork_;  // tasks, by server
  couplet::Deferred<void> printing_;
  bool starting_ = false;
  bool stopped_ = false;
  bool everyResponseCame_ = true;
  std::optional<couplet::Failure> outputFailure_;
};

}  // namespace fetching
