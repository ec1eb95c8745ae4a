// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/log.h>

#include <atomic>
#include <cstdio>
#include <new>
#include <string>

#include <glog/logging.h>

namespace couplet {
namespace {

static_assert(google::GLOG_INFO == 0 && google::GLOG_WARNING == 1 && google::GLOG_ERROR == 2);

constinit std::atomic<ErrorListener> errorListener{nullptr};

/// What glog is given a message for while it is not initialised.
class StandardError final : public google::LogSink {
 public:
  void send(google::LogSeverity severity, const char*, const char* file, int line,
            const google::LogMessageTime& time, const char* text, std::size_t size) override try {
    std::string whole = ToString(severity, file, line, time, text, size) + '\n';
    std::fwrite(whole.data(), 1, whole.size(), stderr);
    ErrorListener listener = errorListener;
    if (listener && severity >= google::GLOG_ERROR) listener({text, size});
  } catch (const std::bad_alloc&) {  // the line is lost
  }
};

}  // namespace

LogLine::~LogLine() {
  int line = static_cast<int>(here_.line);
  if (google::IsGoogleLoggingInitialized()) {
    google::LogMessage(here_.file, line, severity_).stream() << text_.view();
  } else {
    StandardError sink;
    google::LogMessage(here_.file, line, severity_, &sink, false).stream() << text_.view();
  }
}

ErrorListener setErrorListener(ErrorListener listener) noexcept {
  return errorListener.exchange(listener);
}

}  // namespace couplet
