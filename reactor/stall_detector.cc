// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/stall_detector.h>

#include <atomic>
#include <cstdio>
#include <ostream>

#include <couplet/reactor/detail/stall_watch.h>
#include <couplet/reactor/log.h>

namespace couplet {

namespace {

constinit std::atomic<StallFunction> stallFunction{nullptr};

/// As of the line that blocks, where that is known.
void logStall(const Stall& stall) {
  LogLine::warning(stall.where.line > 0 ? stall.where : SourceLocation::current()) << stall;
}

/// "100 ms", "1.53 s".
void print(std::ostream& out, Duration duration) {
  using namespace std::chrono;
  if (duration < seconds(1)) {
    out << duration_cast<milliseconds>(duration).count() << " ms";
    return;
  }
  char text[32];
  std::snprintf(text, sizeof text, "%.2f s", std::chrono::duration<double>(duration).count());
  out << text;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Stall& stall) {
  out << "A callback " << (stall.over ? "blocked" : "blocks") << " the reactor"
      << (stall.over ? " for " : ", for ");
  print(out, stall.duration);
  return out << (stall.over ? ": " : " so far: ") << stall.callback;
}

StallFunction setStallFunction(StallFunction report) noexcept {
  return stallFunction.exchange(report);
}

namespace detail {

void report(const Stall& stall) noexcept {
  StallFunction report = stallFunction.load();
  (report ? report : logStall)(stall);
}

}  // namespace detail

}  // namespace couplet
