// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/report.h>

#include <atomic>
#include <iostream>
#include <sstream>
#include <utility>

#include <couplet/deferred/detail/chain.h>
#include <couplet/deferred/printable.h>

namespace couplet {

namespace {

/// In one write, so that no other line comes between.
void writeToStderr(const UnhandledFailure& unhandled) {
  std::ostringstream line;
  line << unhandled << '\n';
  std::cerr << line.str() << std::flush;
}

std::atomic<ReportFunction> reportFunction{nullptr};

}  // namespace

std::ostream& operator<<(std::ostream& out, const WayPoint& point) {
  return out << (point.isDeferred ? "the Deferred made at " : "") << point.where;
}

std::ostream& operator<<(std::ostream& out, const UnhandledFailure& unhandled) {
  out << "Unhandled error in Deferred: " << unhandled.failure.typeName() << ": "
      << printable(unhandled.failure.message()) << " (raised at " << unhandled.failure.raisedAt()
      << ", made at " << unhandled.made;
  if (!unhandled.name.empty()) out << ", named \"" << printable(unhandled.name, 200) << '"';
  const char* before = ", by way of ";
  for (const WayPoint& point : unhandled.way) out << std::exchange(before, ", ") << point;
  if (unhandled.wayLength > unhandled.way.size()) {
    out << " and " << unhandled.wayLength - unhandled.way.size() << " more";
  }
  return out << ')';
}

ReportFunction setReportFunction(ReportFunction report) noexcept {
  return reportFunction.exchange(report);
}

bool reportsByDefault() noexcept { return reportFunction.load() == nullptr; }

namespace detail {

void report(const UnhandledFailure& unhandled) noexcept {
  ReportFunction report = reportFunction.load();
  (report ? report : writeToStderr)(unhandled);
}

}  // namespace detail

}  // namespace couplet
