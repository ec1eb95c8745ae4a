// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a main function may return; the real programs are in program_results_test.py.
#include <couplet/protocols/program/program.h>

#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <functional>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/deferred/defer_later.h>
#include <couplet/deferred/errors.h>
#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/message/ack.h>
#include <couplet/protocols/message/faults.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/testing/memory_reactor.h>

namespace couplet {
namespace {

using ::testing::HasSubstr;
using ::testing::internal::CaptureStderr;
using ::testing::internal::CaptureStdout;
using ::testing::internal::GetCapturedStderr;
using ::testing::internal::GetCapturedStdout;

struct Settings {
  double value = 42;
  static constexpr auto kMessage = message("sample.Settings", member("value", &Settings::value));
};

struct Output {
  double value = 0;
  static constexpr auto kMessage = message("sample.Output", member("value", &Output::value));
};

class ProgramTest : public ::testing::Test {
 protected:
  ProgramTest() { ::setenv("XDG_CONFIG_HOME", "/nowhere", 1); }

  template <class Main, class S = Settings>
  void run(Main main, S settings = {}, std::string argument = "--v=0") {
    std::string name = "folder/sample";
    std::array<char*, 3> words{name.data(), argument.data(), nullptr};
    CaptureStdout();
    CaptureStderr();
    before();
    status = runProgram(2, words.data(), settings, std::move(main));
    out = GetCapturedStdout();
    err = GetCapturedStderr();
  }

  std::function<void()> before = [] {};  // when output is captured already
  int status = -1;
  std::string out;
  std::string err;
};

TEST_F(ProgramTest, AMessageIsPrinted) {
  run([](Program&, const Settings& settings) { return Output{settings.value}; });
  EXPECT_EQ(out, "Output(value=42.0)\n");
  EXPECT_EQ(status, 0);
}

TEST_F(ProgramTest, NoFileTakesThePlaceOfStandardInputThatIsClosed) {
  const int input = ::dup(STDIN_FILENO);
  before = [] { ::close(STDIN_FILENO); };
  run([](Program&, const Settings&) {
    char byte;
    if (::read(STDIN_FILENO, &byte, 1) < 0) throw ProgramError(errno, "no input");
  });
  ::dup2(input, STDIN_FILENO);
  ::close(input);
  EXPECT_EQ(status, EBADF);
}

TEST_F(ProgramTest, SettingsAreGiven) {
  run([](Program&, const Settings& settings) { return Output{settings.value}; }, Settings{7});
  EXPECT_EQ(out, "Output(value=7.0)\n");
  run([](Program&, const Settings& settings) { return settings; }, Settings{7}, "--value=8");
  EXPECT_EQ(out, "Settings(value=8.0)\n");
}

TEST_F(ProgramTest, ADeferredIsWaitedFor) {
  run([](Program& program, const Settings&) {
    return deferLater(program.reactor(), Duration(1), [] { return Output{1}; });
  });
  EXPECT_EQ(out, "Output(value=1.0)\n");
}

TEST_F(ProgramTest, ACoroutineMayUseWhatItsLambdaCaptured) {
  run([owned = std::make_unique<double>(3)](Program& program,
                                            const Settings& settings) -> Deferred<Output> {
    co_await deferLater(program.reactor(), Duration(1), [] {});
    co_return Output{*owned * settings.value};
  });
  EXPECT_EQ(out, "Output(value=126.0)\n");
}

TEST_F(ProgramTest, ADeferredOfNothingEndsTheProgramWithoutAWord) {
  run([](Program& program, const Settings&) {
    return deferLater(program.reactor(), Duration(1), [] {});
  });
  EXPECT_EQ(out + err, "");
  EXPECT_EQ(status, 0);
}

TEST_F(ProgramTest, WhatReturnsNothingRunsUntilItIsStopped) {
  bool ran = false;
  run([&ran](Program& program, const Settings&) {
    Reactor& reactor = program.reactor();
    reactor.callLater(Duration(1), [&ran, &reactor] {
      ran = true;
      reactor.stop();
    });
  });
  EXPECT_TRUE(ran);
  EXPECT_EQ(out + err, "");
  EXPECT_EQ(status, 0);
}

TEST_F(ProgramTest, WhatReturnsNothingMayThrow) {
  run([](Program&, const Settings&) { throw NotListening("127.0.0.1:1", EADDRINUSE); });
  EXPECT_EQ(err, "sample: cannot listen at \"127.0.0.1:1\" ([Errno 98] Address already in use)\n");
  EXPECT_EQ(status, EADDRINUSE);
}

TEST_F(ProgramTest, AFaultThatIsReturnedIsThrown) {
  run([](Program&, const Settings&) { return TimedOut("after 3 s"); });
  EXPECT_EQ(err, "sample: timed out (after 3 s)\n");
  EXPECT_EQ(status, 172);
}

// Crunch 14, 28: A fault names its item; the status is the fault's exit code.
TEST_F(ProgramTest, AFaultOfAnItemHasItsStatus) {
  run([](Program&, const Settings&) {
    throw ItemError(1, 2, Failure(NotConnected("127.0.0.1:1", ECONNREFUSED)));
  });
  EXPECT_EQ(err,
            "sample: item 2 of 2: cannot connect to \"127.0.0.1:1\" ([Errno 111] Connection "
            "refused)\n");
  EXPECT_EQ(status, ECONNREFUSED);
}

TEST_F(ProgramTest, AResultOrAFailureMayBeReturned) {
  run([](Program&, const Settings&) { return Result<Output>(Output{2}); });
  EXPECT_EQ(out, "Output(value=2.0)\n");
  run([](Program&, const Settings&) { return Result<Output>(Failure(Faulted("no"))); });
  EXPECT_EQ(err, "sample: no\n");
}

TEST_F(ProgramTest, AConnectionThatCannotBeMadeGivesItsErrno) {
  run([](Program&, const Settings&) { throw ConnectionRefusedError("nobody is there"); });
  EXPECT_EQ(err, "sample: nobody is there\n");
  EXPECT_EQ(status, ECONNREFUSED);
  run([](Program&, const Settings&) { throw DNSLookupError("no such name"); });
  EXPECT_EQ(status, 172);
}

TEST_F(ProgramTest, AResultCountsAfterAStop) {
  run([](Program& program, const Settings&) {
    program.reactor().stop();
    return Output{5};
  });
  EXPECT_EQ(out, "Output(value=5.0)\n");
  run([](Program& program, const Settings&) {
    program.reactor().stop();
    throw Faulted("too late");
  });
  EXPECT_EQ(err, "sample: too late\n");
}

TEST_F(ProgramTest, AResultThatCannotBeWrittenIsAnError) {
  run([](Program&, const Settings&) { return Output{1 / 0.0}; }, Settings(), "--pure_object");
  EXPECT_EQ(out, "");
  EXPECT_THAT(err, HasSubstr("sample: "));
  EXPECT_EQ(status, 172);
}

struct Verbosity {
  int v = 0;
  static constexpr auto kMessage = message("sample.Verbosity", member("v", &Verbosity::v));
};

TEST_F(ProgramTest, ASettingMustNotHideAFlagOfGlog) {
  run([](Program&, const Verbosity&) {}, Verbosity());
  EXPECT_EQ(err, "sample: the setting \"v\" has the name of a flag of gflags or glog\n");
  EXPECT_EQ(status, 172);
}

TEST_F(ProgramTest, AProgramMayHaveNoNameAndNoSettings) {
  CaptureStdout();
  char* words[] = {nullptr};
  EXPECT_EQ(runProgram(0, words, Ack(),
                       [](Program& program, const Ack& ack) {
                         EXPECT_EQ(program.name(), "program");
                         return ack;
                       }),
            0);
  EXPECT_EQ(GetCapturedStdout(), "Ack()\n");
}

Deferred<Output> outputLater(Program& program, const Settings& settings) {
  return deferLater(program.reactor(), std::chrono::seconds(1),
                    [value = settings.value] { return Output{value}; });
}

TEST(ProgramMainTest, IsTestedWithAMemoryReactor) {
  testing::MemoryReactor reactor;
  Program program("sample", reactor, {"a", "b"});
  auto output = outputLater(program, Settings{3});
  testing::assertNoResult(output);
  reactor.advance(std::chrono::seconds(1));
  EXPECT_EQ(testing::successResultOf(std::move(output)).value, 3);
  EXPECT_EQ(program.arguments(), (Arguments{"a", "b"}));
}

}  // namespace
}  // namespace couplet
