// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Where failures go that nobody handles.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <span>
#include <string_view>

#include <couplet/deferred/failure.h>
#include <couplet/deferred/source_location.h>

#pragma GCC visibility push(default)
namespace couplet {

/// Something that a failure came by on its way down.
struct WayPoint {
  SourceLocation where;
  bool isDeferred = false;  ///< a Deferred made there took it over; else a callback attached there
                            ///< let it pass, or an errback passed it on
};

/// Prints its place; before that of a Deferred, `the Deferred made at `.
std::ostream& operator<<(std::ostream& out, const WayPoint& point);

/// A chain that ended with a failure and without an errback for it. The references are valid during
/// the report only.
struct UnhandledFailure {
  const Failure& failure;
  SourceLocation made;    ///< where the Promise was made, or the coroutine began
  std::string_view name;  ///< of `named`, or empty
  /// What the failure came by, from where it was raised on; of a long way the first eight.
  std::span<const WayPoint> way = {};
  std::size_t wayLength = 0;  ///< how many there were
};

/// One line: `Unhandled error in Deferred: ` and all that is known.
std::ostream& operator<<(std::ostream& out, const UnhandledFailure& unhandled);

/// Hears of each unhandled failure, once, synchronously, on the thread where the chain ended. Must
/// not throw.
using ReportFunction = void (*)(const UnhandledFailure& unhandled);

/// Sets it for all threads and returns the one before. Null sets the default, which writes the line
/// to stderr.
ReportFunction setReportFunction(ReportFunction report) noexcept;

/// Whether nobody has set one.
bool reportsByDefault() noexcept;

}  // namespace couplet
#pragma GCC visibility pop
