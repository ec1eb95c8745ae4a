// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Fetches what URLs name, several at once, and prints the bodies in the order asked for, as they
// come: that whose turn it is. What the others send is kept until it is theirs.
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gflags/gflags.h>

#include <couplet/protocols/http/errors.h>
#include <couplet/protocols/http/serializer.h>
#include <couplet/protocols/program/plain_program.h>
#include <couplet/reactor/reactor.h>

#include "examples/http/fetcher.h"
#include "examples/http/output.h"

DEFINE_string(method, "", "the method; GET unless there is --data, which makes it POST");
DEFINE_string(data, "", "the body to send");
DEFINE_string(header, "",
              "a header field to send, as `Name: value`; may be given several times, or as lines");
DEFINE_string(output, "",
              "the file to write the bodies to, made or emptied when the first response comes; "
              "none: standard output");
DEFINE_bool(location, false,
            "follow redirections, up to 20 one after the other; one that does not say where to is "
            "a response like others");
DEFINE_bool(progress, false, "tell on standard error what comes");

namespace {

using couplet::UsageError;

const couplet::Usage kUsage{
    "[FLAG]... URL...",
    "Prints the bodies that the servers send, in the order of the URLs. Several are fetched at\n"
    "once: what comes before its turn is kept in a temporary file.\n"
    "The status is 0 when every response was whole, whatever its status code; 2 when the command\n"
    "line cannot be obeyed; otherwise 1.\n"
    "Of a flag that is given several times the last value counts, but for --header."};

/// Of --header. A flag has its last value only; this is told of each.
std::string headerLines;

bool takeHeaderLine(const char*, const std::string& line) {
  headerLines.append(line).append("\n");
  return true;
}

DEFINE_validator(header, takeHeaderLine);

bool isGiven(const char* flag) { return !gflags::GetCommandLineFlagInfoOrDie(flag).is_default; }

void addHeader(couplet::Headers& headers, std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == line.npos) {
    throw UsageError("--header is not 'Name: value': '" + std::string(line) + "'.");
  }
  const std::size_t value = line.find_first_not_of(' ', colon + 1);
  try {
    headers.add(line.substr(0, colon), value == line.npos ? "" : line.substr(value));
  } catch (const std::invalid_argument& error) {
    throw UsageError(std::string("--header: ") + error.what() + ".");
  }
}

couplet::Headers headersToSend() {
  couplet::Headers headers;
  for (std::string_view left = headerLines; !left.empty();) {
    const std::string_view line = left.substr(0, left.find('\n'));
    if (!line.empty()) addHeader(headers, line);
    left.remove_prefix(line.size() + 1);
  }
  return headers;
}

std::string methodToSend() {
  if (FLAGS_method.empty()) return isGiven("data") ? "POST" : "GET";
  if (FLAGS_method == "CONNECT") throw UsageError("--method=CONNECT is for proxies only.");
  try {
    std::string head;
    couplet::writeRequestHead(head, FLAGS_method, "/", {{"Host", "a"}});
  } catch (const std::invalid_argument&) {
    throw UsageError("--method needs the name of a method, not '" + FLAGS_method + "'.");
  }
  return FLAGS_method;
}

/// Writes the request that any URL would be asked with, but for its place.
void requireSendable(const fetching::Asked& asked) {
  couplet::Headers headers = asked.headers;
  if (!headers.has("Host")) headers.add("Host", "a");
  const bool isFramed = headers.has("Content-Length") || headers.has("Transfer-Encoding");
  if (!isFramed) headers.add("Content-Length", std::to_string(asked.data.size()));
  try {
    std::string bytes;
    auto body = couplet::writeRequestHead(bytes, asked.method, "/", headers);
    if (!asked.data.empty()) body.write(bytes, asked.data);
    body.finish(bytes);
  } catch (const std::logic_error& error) {
    throw UsageError(std::string("--header does not go with the request: ") + error.what() + ".");
  }
}

fetching::Asked whatToAsk() {
  fetching::Asked asked{methodToSend(), headersToSend(), FLAGS_data, FLAGS_location,
                        FLAGS_progress};
  requireSendable(asked);
  return asked;
}

/// Perhaps a flag without its value took the URL for it.
[[noreturn]] void missUrl() {
  for (const char* flag : {"output", "data", "method", "header"}) {
    const std::string value = gflags::GetCommandLineFlagInfoOrDie(flag).current_value;
    if (!value.starts_with("http")) continue;
    throw UsageError("No URL is given, unless the value of --" + std::string(flag) + " is one.");
  }
  std::cerr << couplet::usageText("fetch", kUsage);
  throw UsageError("No URL is given.");
}

int fetch(const couplet::Arguments& urls) {
  if (urls.empty()) missUrl();
  fetching::Asked asked = whatToAsk();
  fetching::Output output(FLAGS_output);
  const auto reactor = couplet::newReactor({.handleSignals = false});
  fetching::Fetcher fetcher(*reactor, urls, std::move(asked), output);
  reactor->callWhenRunning([&] { fetcher.start(); });
  reactor->run();
  if (fetcher.outputFailure()) fetcher.outputFailure()->raise();
  output.close();
  return fetcher.everyResponseCame() ? couplet::kSuccess : couplet::kFailure;
}

}  // namespace

int main(int argc, char** argv) { return couplet::runProgram(argc, argv, kUsage, fetch); }
