// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The floor of HTTP: it parses nothing. For each empty line, with which a head ends, it sends the
// same canned answer, as long as the one of a full server.
#include <cstddef>
#include <string>
#include <string_view>

#include "benchmarks/peers/floor.h"

namespace {

constexpr std::string_view kHello =
    "HTTP/1.1 200 OK\r\n"
    "Date: Sat, 01 Jan 2000 00:00:00 GMT\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "Content-Length: 13\r\n"
    "\r\n"
    "Hello, world!";

/// Keeps what is incomplete.
class CannedAnswers {
 public:
  bool feed(std::string_view bytes, std::string& output) {
    if (!partial_.empty()) {
      partial_ += bytes;
      bytes = partial_;
    }
    while (!bytes.empty() && takeHead(bytes)) output += kHello;
    if (!bytes.empty() || !partial_.empty()) partial_ = std::string(bytes);
    return true;
  }

 private:
  static constexpr std::string_view kEnd = "\r\n\r\n";

  static bool takeHead(std::string_view& bytes) {
    const std::size_t end = bytes.find(kEnd);
    if (end == std::string_view::npos) return false;
    bytes.remove_prefix(end + kEnd.size());
    return true;
  }

  std::string partial_;
};

}  // namespace

int main() { peers::Floor<CannedAnswers>("HTTP").run(); }
