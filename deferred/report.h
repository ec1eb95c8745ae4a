// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Where failures go that nobody handles.
#pragma once

#include <iosfwd>
#include <string_view>

#include <couplet/deferred/failure.h>
#include <couplet/deferred/source_location.h>

#pragma GCC visibility push(default)
namespace couplet {

/// A chain that ended with a failure and without an errback for it. The references are valid during
/// the report only.
struct UnhandledFailure {
  const Failure& failure;
  SourceLocation made;    ///< where the Promise was made, or the coroutine began
  std::string_view name;  ///< of `named`, or empty
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
