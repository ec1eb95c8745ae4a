// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Fetches what URLs name, all at once, and prints the bodies in the order asked for.
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include <gflags/gflags.h>

#include <couplet/deferred/gather_results.h>
#include <couplet/protocols/http/agent.h>
#include <couplet/reactor/reactor.h>

#include "examples/program/program.h"

DEFINE_string(method, "", "the method; GET unless there is --data, which makes it POST");
DEFINE_string(data, "", "the body to send");
DEFINE_string(header, "", "a header field to send, as `Name: value`");
DEFINE_string(output, "", "the file to write the bodies to, instead of standard output");
DEFINE_bool(progress, false, "tell on standard error what comes");

namespace {

using namespace couplet;

const examples::Usage kUsage{"[FLAG]... URL...",
                             "Prints the bodies that the servers send.\n"
                             "The status is 0 when every response was whole, whatever its status "
                             "code; otherwise 1."};

class Fetcher {
 public:
  Fetcher(Reactor& reactor, std::vector<std::string> urls, Headers headers, std::ostream& out)
      : reactor_(reactor),
        agent_(reactor),
        urls_(std::move(urls)),
        headers_(std::move(headers)),
        out_(out),
        bodies_(urls_.size()) {}

  /// Fetches all, prints them, then stops the reactor.
  void start() {
    std::vector<Deferred<void>> all;
    for (std::size_t i = 0; i < urls_.size(); ++i) all.push_back(fetch(i));
    gatherResults(std::move(all)).addCallback([this] { reactor_.stop(); });
  }

  bool everyResponseCame() const { return everyResponseCame_; }

 private:
  Deferred<void> fetch(std::size_t i) {
    return agent_.request(method(), urls_[i], headers_, FLAGS_data)
        .addCallback([this, i](Response response) {
          if (FLAGS_progress) {
            std::cerr << urls_[i] << ": " << response.status << ", " << response.body.size()
                      << " bytes" << std::endl;
          }
          bodies_[i] = std::move(response.body);
          print();
        })
        .addErrback([this, i](const Failure& failure) {
          std::cerr << urls_[i] << ": " << failure << std::endl;
          everyResponseCame_ = false;
          bodies_[i] = "";
          print();
        });
  }

  static std::string method() {
    if (!FLAGS_method.empty()) return FLAGS_method;
    return FLAGS_data.empty() ? "GET" : "POST";
  }

  /// Those whose turn it is.
  void print() {
    for (; printed_ < bodies_.size() && bodies_[printed_]; ++printed_) {
      out_ << *bodies_[printed_] << std::flush;
      bodies_[printed_] = "";
    }
  }

  Reactor& reactor_;
  Agent agent_;
  std::vector<std::string> urls_;
  Headers headers_;
  std::ostream& out_;
  std::vector<std::optional<std::string>> bodies_;  // those that came; "" where there is none
  std::size_t printed_ = 0;
  bool everyResponseCame_ = true;
};

/// Of --header.
Headers headersToSend() {
  Headers headers;
  if (FLAGS_header.empty()) return headers;
  const std::size_t colon = FLAGS_header.find(':');
  if (colon == std::string::npos) throw examples::UsageError("--header is not `Name: value`.");
  const std::size_t value = FLAGS_header.find_first_not_of(' ', colon + 1);
  try {
    headers.add(FLAGS_header.substr(0, colon),
                value == std::string::npos ? "" : FLAGS_header.substr(value));
  } catch (const std::invalid_argument& error) {
    throw examples::UsageError(std::string("--header: ") + error.what() + ".");
  }
  return headers;
}

int fetch(const examples::Arguments& urls) {
  if (urls.empty()) {
    std::cerr << examples::usageText("fetch", kUsage);
    return examples::kBadUsage;
  }
  Headers headers = headersToSend();
  std::ofstream file;
  if (!FLAGS_output.empty()) {
    file.open(FLAGS_output, std::ios::binary);
    if (!file) throw examples::ProgramError(1, "cannot write " + FLAGS_output);
  }
  const auto reactor = newReactor({.handleSignals = false});
  Fetcher fetcher(*reactor, urls, std::move(headers), file.is_open() ? file : std::cout);
  reactor->callWhenRunning([&] { fetcher.start(); });
  reactor->run();
  if (file.is_open() && !file.flush()) {
    throw examples::ProgramError(1, "cannot write " + FLAGS_output);
  }
  return fetcher.everyResponseCame() ? examples::kSuccess : examples::kFailure;
}

}  // namespace

int main(int argc, char** argv) { return examples::runProgram(argc, argv, kUsage, fetch); }
