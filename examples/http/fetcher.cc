// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/http/fetcher.h"

#include <cstdint>
#include <iostream>
#include <utility>

#include <couplet/deferred/defer_later.h>
#include <couplet/deferred/printable.h>
#include <couplet/protocols/program/errors.h>
#include <couplet/reactor/reactor.h>

namespace fetching {

using couplet::Deferred;
using couplet::Duration;
using couplet::Failure;
using couplet::RedirectWithNoLocation;
using couplet::Response;
using couplet::Result;
using couplet::Url;

namespace {

constexpr std::size_t kMostRedirects = 20;
constexpr int kMostOfAServer = 6;
constexpr std::size_t kMostAtOnce = 100;  // each is a connection or a temporary file
constexpr std::uint64_t kBetweenNews = 1024 * 1024;

void tell(const std::string& line) { std::cerr << couplet::printable(line) + "\n"; }

/// What comes of one URL, on standard error, where it is asked for.
class Progress {
 public:
  Progress(bool wanted, std::string name, int status)
      : wanted_(wanted), beginning_(std::move(name) + ": " + std::to_string(status) + ", ") {
    tellBytes(" so far");
  }

  void add(std::size_t bytes) {
    bytes_ += bytes;
    if (bytes_ - told_ >= kBetweenNews) tellBytes(" so far");
  }
  void end() { tellBytes(""); }

 private:
  void tellBytes(const char* behind) {
    told_ = bytes_;
    if (wanted_) tell(beginning_ + std::to_string(bytes_) + " bytes" + behind);
  }

  bool wanted_;
  std::string beginning_;
  std::uint64_t bytes_ = 0;
  std::uint64_t told_ = 0;
};

/// A text that should be a URL, without the name and password in it.
std::string withoutUser(const std::string& text) {
  const std::size_t slashes = text.find("//");
  const std::size_t begin = slashes == text.npos ? 0 : slashes + 2;
  const std::size_t at = text.rfind('@', text.find_first_of("/?#", begin));
  if (at == text.npos || at < begin) return text;
  return text.substr(0, begin) + "..." + text.substr(at);
}

/// Whether `message` says already what it is about.
bool names(const std::string& message, const std::string& url) {
  const std::size_t at = message.find(url);
  if (at == message.npos) return false;
  const std::string behind = message.substr(at + url.size(), 1);
  return behind.find_first_not_of(" .:,") == behind.npos;
}

/// No limits of its own: the fetcher asks for no more at once than it should, and what is sent once
/// more, or elsewhere, must not wait.
couplet::AgentOptions agentOptions(couplet::Reactor& reactor, const Asked& asked) {
  couplet::AgentOptions options;
  options.redirects = asked.followsRedirections ? kMostRedirects : 0;
  options.pool = std::make_shared<couplet::HTTPConnectionPool>(
      reactor, couplet::HTTPPoolOptions{.maxPerHost = SIZE_MAX});
  return options;
}

}  // namespace

Fetcher::Task::Task(const std::string& text) : name(withoutUser(text)) {
  if (name.empty()) name = "''";
  Result<Url> parsed = Url::tryParse(text);
  if (parsed) {
    url = std::move(parsed).value();
  } else {
    refused = parsed.failure();
  }
}

Fetcher::Fetcher(couplet::Reactor& reactor, const std::vector<std::string>& urls, Asked asked,
                 Output& output)
    : reactor_(reactor),
      agent_(reactor, agentOptions(reactor, asked)),
      urls_(urls),
      asked_(std::move(asked)),
      output_(output) {}

Fetcher::~Fetcher() {
  if (printing_) std::move(printing_).discard();
  for (Task& task : tasks_) {
    if (task.work) std::move(task.work).discard();
  }
}

void Fetcher::start() {
  startMore();
  printing_ = printAll()
                  .addErrback([this](const Failure& failure) { outputFailed(failure); })
                  .addCallback([this] { stop(); });
}

/// One that fails at once makes room for others: they are found by the same loop.
void Fetcher::startMore() {
  if (std::exchange(starting_, true)) return;
  while (Task* const task = nextToStart()) task->work = fetch(*task);
  starting_ = false;
}

std::string Fetcher::serverOf(const Task& task) { return task.url ? task.url->origin() : ""; }

/// The first one whose server may be asked for more.
Fetcher::Task* Fetcher::nextToStart() {
  if (stopped_) return nullptr;
  while (tasks_.size() < kMostAtOnce && entered_ < urls_.size()) {
    tasks_.emplace_back(urls_[entered_++]);
  }
  for (Task& task : tasks_) {
    if (task.started) continue;
    int& ofServer = atWork_[serverOf(task)];
    if (ofServer == kMostOfAServer) continue;
    ++ofServer;
    task.started = true;
    return &task;
  }
  return nullptr;
}

Deferred<void> Fetcher::fetch(Task& task) {
  return receive(task)
      .addErrback([this, &task](const Failure& failure) { complain(task, failure); })
      .addCallback([this, &task] {
        const auto server = atWork_.find(serverOf(task));
        if (--server->second == 0) atWork_.erase(server);
        task.body.end();
        startMore();
      });
}

Deferred<void> Fetcher::receive(Task& task) {
  if (task.refused) task.refused->raise();
  Response response = co_await ask(task);
  output_.open();
  Progress progress(asked_.tellsProgress, task.name, response.status);
  while (const auto piece = co_await response.incoming.read()) {
    progress.add(piece->size());
    co_await task.body.write(*piece);
  }
  progress.end();
}

/// A redirection to nowhere is a response like others.
Deferred<Response> Fetcher::ask(const Task& task) {
  return agent_.request(asked_.method, *task.url, asked_.headers, asked_.data)
      .addErrback([](const Failure& failure) -> Result<Response> {
        const auto* error = failure.get<RedirectWithNoLocation>();
        if (error == nullptr) return failure;
        return std::move(error->response());
      });
}

/// The next one has its turn in a turn of the loop of its own: whoever ended the body is at work
/// still.
Deferred<void> Fetcher::printAll() {
  while (!tasks_.empty() && !stopped_) {
    co_await tasks_.front().body.print(output_, reactor_);
    co_await couplet::deferLater(reactor_, Duration::zero());
    tasks_.pop_front();
    startMore();
  }
}

void Fetcher::complain(const Task& task, const Failure& failure) {
  if (failure.check<couplet::ProgramError>()) return outputFailed(failure);
  if (stopped_) return;
  everyResponseCame_ = false;
  const std::string message = failure.message();
  const bool isNamed = task.url && names(message, task.url->toString());
  tell("fetch: " + (isNamed ? message : task.name + ": " + message));
}

void Fetcher::outputFailed(const Failure& failure) {
  if (!outputFailure_) outputFailure_ = failure;
  stop();
}

void Fetcher::stop() {
  if (!std::exchange(stopped_, true)) reactor_.stop();
}

}  // namespace fetching
