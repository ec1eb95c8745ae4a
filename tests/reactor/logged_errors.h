// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// For tests: the errors that were logged, so that none goes unseen.
#pragma once

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <glog/logging.h>

namespace couplet {

/// Collects what is logged with LOG(ERROR) and worse, from any thread, while it lives.
class LoggedErrors : public google::LogSink {
 public:
  LoggedErrors() { google::AddLogSink(this); }
  ~LoggedErrors() override { google::RemoveLogSink(this); }

  void send(google::LogSeverity severity, const char*, const char*, int,
            const google::LogMessageTime&, const char* message, size_t size) override {
    if (severity < google::GLOG_ERROR) return;
    std::lock_guard lock(mutex_);
    messages_.emplace_back(message, size);
  }

  /// Those since the last call.
  std::vector<std::string> take() {
    std::lock_guard lock(mutex_);
    return std::exchange(messages_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> messages_;
};

}  // namespace couplet
