// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The lines that the library logs, and protocols of the user's own may. They go to glog where the
// program has initialised it. Where it has not, they go to standard error in glog's form, without
// its warning about that: who uses the library need not know glog, and may still initialise it, at
// any time while no other thread logs. Any thread.
#pragma once

#include <sstream>
#include <string_view>

#include <couplet/deferred/source_location.h>

#pragma GCC visibility push(default)
namespace couplet {

/// One line, written at the end of the statement. As glog's, of at most 30,000 bytes.
///
///     LogLine::error() << "No connection can be accepted on " << host;
class LogLine {
 public:
  static LogLine info(SourceLocation here = SourceLocation::current()) { return {kInfo, here}; }
  static LogLine warning(SourceLocation here = SourceLocation::current()) {
    return {kWarning, here};
  }
  static LogLine error(SourceLocation here = SourceLocation::current()) { return {kError, here}; }

  LogLine(const LogLine&) = delete;
  LogLine& operator=(const LogLine&) = delete;
  ~LogLine();

  template <class T>
  LogLine& operator<<(const T& part) {
    text_ << part;
    return *this;
  }

 private:
  enum Severity { kInfo, kWarning, kError };  // as glog's

  LogLine(Severity severity, SourceLocation here) : severity_(severity), here_(here) {}

  Severity severity_;
  SourceLocation here_;
  std::ostringstream text_;
};

/// Hears of the errors that go to standard error, as glog's sinks do of the others. Must neither
/// throw nor log.
using ErrorListener = void (*)(std::string_view text);

/// Sets it for all threads and returns the one before. Null for none.
ErrorListener setErrorListener(ErrorListener listener) noexcept;

}  // namespace couplet
#pragma GCC visibility pop
