// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <string>
#include <vector>

#include <glog/logging.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/reactor/log.h>
#include <couplet/reactor/testing/gtest_unexpected_errors.h>
#include <couplet/reactor/testing/logged_errors.h>

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::LoggedErrors;
using ::testing::MatchesRegex;

/// What a function writes to standard error.
template <class F>
std::string written(F f) {
  ::testing::internal::CaptureStderr();
  f();
  return ::testing::internal::GetCapturedStderr();
}

/// A program that initialises glog, for as long as it lives, and logs to standard error.
class Initialised {
 public:
  Initialised() {
    FLAGS_logtostderr = true;
    google::InitGoogleLogging("log_test");
  }
  ~Initialised() {
    google::ShutdownGoogleLogging();
    FLAGS_logtostderr = false;
  }
};

/// What glog's sinks hear.
class Sink : public google::LogSink {
 public:
  Sink() { google::AddLogSink(this); }
  ~Sink() override { google::RemoveLogSink(this); }
  void send(google::LogSeverity, const char*, const char*, int, const google::LogMessageTime&,
            const char* message, std::size_t size) override {
    heard.emplace_back(message, size);
  }

  std::vector<std::string> heard;
};

TEST(LogLineTest, NeedsNoInitialisedGlog) {
  EXPECT_THAT(written([] { LogLine::warning() << "port " << 8000 << " is closed"; }),
              MatchesRegex("W[0-9: .]+ log_test\\.cc:[0-9]+\\] port 8000 is closed\n"));
}

TEST(LogLineTest, HasTheLetterOfItsSeverity) {
  testing::expectLogged("grave");
  EXPECT_THAT(written([] { LogLine::info() << "light"; }), MatchesRegex("I[^\n]* light\n"));
  EXPECT_THAT(written([] { LogLine::error() << "grave"; }), MatchesRegex("E[^\n]* grave\n"));
}

TEST(LogLineTest, GoesToGlogOnceThatIsInitialised) {
  written([] { LogLine::info() << "before"; });
  Initialised glog;
  Sink sink;
  EXPECT_THAT(written([] { LogLine::info() << "after"; }), MatchesRegex("I[^\n]* after\n"));
  EXPECT_THAT(sink.heard, ElementsAre("after"));
}

TEST(LogLineTest, IsLeftOutBelowGlogsLeastSeverity) {
  FLAGS_minloglevel = google::GLOG_ERROR;
  EXPECT_EQ(written([] { LogLine::warning() << "quiet"; }), "");
  FLAGS_minloglevel = google::GLOG_INFO;
}

TEST(LogLineTest, AnErrorIsCollectedOnceWithAndWithoutGlog) {
  LoggedErrors errors;
  LogLine::error() << "without";
  Initialised glog;
  LogLine::error() << "with";
  EXPECT_THAT(errors.take(), ElementsAre("without", "with"));
}

TEST(LogLineTest, AWarningIsNotCollected) {
  LoggedErrors errors;
  LogLine::warning() << "never mind";
  EXPECT_THAT(errors.take(), IsEmpty());
}

}  // namespace
}  // namespace couplet
