// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/testing/logged_errors.h>

#include <algorithm>
#include <atomic>
#include <sstream>
#include <string_view>
#include <utility>

#include <glog/logging.h>

#include <couplet/deferred/report.h>
#include <couplet/reactor/log.h>

namespace couplet::testing {

class LoggedErrors::Sink final : public google::LogSink {
 public:
  Sink();
  ~Sink() override;

  void send(google::LogSeverity severity, const char*, const char*, int,
            const google::LogMessageTime&, const char* message, std::size_t size) override;
  std::vector<std::string> take();

 private:
  struct Message {
    std::string text;
    Message* before;
  };

  static void report(const UnhandledFailure& unhandled);
  static void hear(std::string_view text);
  void add(std::string text);

  static inline std::atomic<Sink*> innermost{nullptr};

  Sink* outer_;
  ReportFunction reportBefore_;
  ErrorListener listenerBefore_;
  std::atomic<Message*> last_{nullptr};  // errors come from any thread
};

LoggedErrors::Sink::Sink()
    : outer_(innermost.exchange(this)),
      reportBefore_(setReportFunction(&Sink::report)),
      listenerBefore_(setErrorListener(&Sink::hear)) {
  google::AddLogSink(this);
}

LoggedErrors::Sink::~Sink() {
  google::RemoveLogSink(this);
  setErrorListener(listenerBefore_);
  setReportFunction(reportBefore_);
  innermost = outer_;
  take();
}

void LoggedErrors::Sink::send(google::LogSeverity severity, const char*, const char*, int,
                              const google::LogMessageTime&, const char* message,
                              std::size_t size) {
  if (severity >= google::GLOG_ERROR && innermost == this) add({message, size});
}

std::vector<std::string> LoggedErrors::Sink::take() {
  std::vector<std::string> texts;
  for (Message* message = last_.exchange(nullptr); message;) {
    texts.push_back(std::move(message->text));
    delete std::exchange(message, message->before);
  }
  std::reverse(texts.begin(), texts.end());
  return texts;
}

void LoggedErrors::Sink::report(const UnhandledFailure& unhandled) {
  std::ostringstream text;
  text << unhandled;
  hear(text.view());
}

void LoggedErrors::Sink::hear(std::string_view text) {
  if (Sink* sink = innermost) sink->add(std::string(text));
}

void LoggedErrors::Sink::add(std::string text) {
  auto* message = new Message{std::move(text), last_};
  while (!last_.compare_exchange_weak(message->before, message)) {
  }
}

LoggedErrors::LoggedErrors() : sink_(std::make_unique<Sink>()) {}

LoggedErrors::~LoggedErrors() = default;

std::vector<std::string> LoggedErrors::take() { return sink_->take(); }

}  // namespace couplet::testing
