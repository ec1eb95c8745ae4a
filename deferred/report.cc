// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/report.h>

#include <atomic>
#include <iostream>
#include <utility>

#include <couplet/deferred/detail/chain.h>

namespace couplet {

namespace {

void writeToStderr(const UnhandledFailure& unhandled) { std::cerr << unhandled << std::endl; }

std::atomic<ReportFunction> reportFunction{nullptr};

}  // namespace

std::ostream& operator<<(std::ostream& out, const WayPoint& point) {
  return out << (point.isDeferred ? "the Deferred made at " : "") << point.where;
}

std::ostream& operator<<(std::ostream& out, const UnhandledFailure& unhandled) {
  out << "Unhandled error in Deferred: " << unhandled.failure.typeName() << ": "
      << unhandled.failure << " (raised at " << unhandled.failure.raisedAt() << ", made at "
      << unhandled.made;
  if (!unhandled.name.empty()) out << ", named \"" << unhandled.name << '"';
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
