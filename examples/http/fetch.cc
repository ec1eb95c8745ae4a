// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Fetches what URLs name, all at once, and prints the bodies in the order asked for, as they come:
// that whose turn it is. The others are not read, and so held back, until it is theirs.
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gflags/gflags.h>

#include <couplet/deferred/gather_results.h>
#include <couplet/protocols/http/agent.h>
#include <couplet/protocols/program/plain_program.h>
#include <couplet/reactor/reactor.h>

DEFINE_string(method, "", "the method; GET unless there is --data, which makes it POST");
DEFINE_string(data, "", "the body to send");
DEFINE_string(header, "",
              "a header field to send, as `Name: value`; may be given several times, or as lines");
DEFINE_string(output, "", "the file to write the bodies to, instead of standard output");
DEFINE_bool(location, false, "follow redirections, up to 20 one after the other");
DEFINE_bool(progress, false, "tell on standard error what comes");

namespace {

using namespace couplet;

const couplet::Usage kUsage{"[FLAG]... URL...",
                            "Prints the bodies that the servers send.\n"
                            "The status is 0 when every response was whole, whatever its status "
                            "code; otherwise 1."};

constexpr std::size_t kMostRedirects = 20;
constexpr std::uint64_t kBetweenNews = 1024 * 1024;

/// Of one URL, on standard error, where it is asked for.
class Progress {
 public:
  Progress(const std::string& url, int status) : url_(url), status_(status) { tell(" so far"); }

  void add(std::size_t bytes) {
    bytes_ += bytes;
    if (bytes_ - told_ >= kBetweenNews) tell(" so far");
  }
  void end() { tell(""); }

 private:
  void tell(const char* behind) {
    told_ = bytes_;
    if (!FLAGS_progress) return;
    std::cerr << url_ + ": " + std::to_string(status_) + ", " + std::to_string(bytes_) + " bytes" +
                     behind + "\n";
  }

  const std::string& url_;
  int status_;
  std::uint64_t bytes_ = 0;
  std::uint64_t told_ = 0;
};

class Fetcher {
 public:
  Fetcher(Reactor& reactor, std::vector<std::string> urls, Headers headers, std::ostream& out)
      : reactor_(reactor),
        agent_(reactor, options(reactor)),
        urls_(std::move(urls)),
        headers_(std::move(headers)),
        out_(out),
        turns_(urls_.size()),
        over_(urls_.size()) {}

  /// Fetches all, prints them, then stops the reactor.
  void start() {
    turns_[0].callback();
    std::vector<Deferred<void>> all;
    for (std::size_t task = 0; task < urls_.size(); ++task) all.push_back(fetch(task));
    gatherResults(std::move(all)).addCallback([this] { stop(); });
  }

  bool everyResponseCame() const { return everyResponseCame_; }

 private:
  /// Those who wait for a connection wait for their turn, however long that takes.
  static AgentOptions options(Reactor& reactor) {
    AgentOptions options;
    options.redirects = FLAGS_location ? kMostRedirects : 0;
    options.pool = std::make_shared<HTTPConnectionPool>(
        reactor, HTTPPoolOptions{.maxWaiting = SIZE_MAX, .waitTimeout = std::nullopt});
    return options;
  }

  Deferred<void> fetch(std::size_t task) {
    return print(task)
        .addErrback([this, task](const Failure& failure) {
          everyResponseCame_ = false;
          if (!stopped_) std::cerr << urls_[task] + ": " + failure.message() + "\n";
        })
        .addCallback([this, task] { end(task); });
  }

  Deferred<void> print(std::size_t task) {
    Response response = co_await agent_.request(method(), urls_[task], headers_, FLAGS_data);
    Progress progress(urls_[task], response.status);
    co_await turns_[task].deferred();
    while (const auto piece = co_await response.incoming.read()) {
      if (!out_.write(piece->data(), static_cast<std::streamsize>(piece->size())).flush()) stop();
      progress.add(piece->size());
    }
    progress.end();
  }

  static std::string method() {
    if (!FLAGS_method.empty()) return FLAGS_method;
    return gflags::GetCommandLineFlagInfoOrDie("data").is_default ? "GET" : "POST";
  }

  /// It is the turn of the next that is not over.
  void end(std::size_t task) {
    over_[task] = true;
    if (std::exchange(ending_, true)) return;
    while (now_ < urls_.size() && over_[now_]) {
      if (++now_ < urls_.size()) turns_[now_].callback();
    }
    ending_ = false;
  }

  void stop() {
    if (!std::exchange(stopped_, true)) reactor_.stop();
  }

  Reactor& reactor_;
  Agent agent_;
  std::vector<std::string> urls_;
  Headers headers_;
  std::ostream& out_;
  std::vector<Promise<void>> turns_;
  std::vector<bool> over_;  // printed, or failed
  std::size_t now_ = 0;     // whose turn it is
  bool ending_ = false;
  bool stopped_ = false;
  bool everyResponseCame_ = true;
};

/// Of --header. A flag has its last value only; this is told of each.
std::string headerLines;

bool takeHeaderLine(const char*, const std::string& line) {
  headerLines.append(line).append("\n");
  return true;
}

DEFINE_validator(header, takeHeaderLine);

void addHeader(Headers& headers, std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == line.npos) throw couplet::UsageError("--header is not `Name: value`.");
  const std::size_t value = line.find_first_not_of(' ', colon + 1);
  try {
    headers.add(line.substr(0, colon), value == line.npos ? "" : line.substr(value));
  } catch (const std::invalid_argument& error) {
    throw couplet::UsageError(std::string("--header: ") + error.what() + ".");
  }
}

Headers headersToSend() {
  Headers headers;
  for (std::string_view left = headerLines; !left.empty();) {
    const std::string_view line = left.substr(0, left.find('\n'));
    if (!line.empty()) addHeader(headers, line);
    left.remove_prefix(line.size() + 1);
  }
  return headers;
}

int fetch(const couplet::Arguments& urls) {
  if (urls.empty()) {
    std::cerr << couplet::usageText("fetch", kUsage);
    return couplet::kBadUsage;
  }
  Headers headers = headersToSend();
  std::ofstream file;
  if (!FLAGS_output.empty()) {
    file.open(FLAGS_output, std::ios::binary);
    if (!file) throw couplet::ProgramError(1, "cannot write " + FLAGS_output);
  }
  const auto reactor = newReactor({.handleSignals = false});
  Fetcher fetcher(*reactor, urls, std::move(headers), file.is_open() ? file : std::cout);
  reactor->callWhenRunning([&] { fetcher.start(); });
  reactor->run();
  if (file.is_open() && !file.flush()) {
    throw couplet::ProgramError(1, "cannot write " + FLAGS_output);
  }
  return fetcher.everyResponseCame() ? couplet::kSuccess : couplet::kFailure;
}

}  // namespace

int main(int argc, char** argv) { return couplet::runProgram(argc, argv, kUsage, fetch); }
