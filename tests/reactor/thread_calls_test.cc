// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/detail/thread_calls.h>

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace couplet::detail {
namespace {

class ThreadCallsTest : public ::testing::Test {
 protected:
  void runAll() {
    for (auto& one : calls.takeAll()) one.call();
  }

  int wakeUps = 0;
  ThreadCalls calls{[this] { ++wakeUps; }};
  std::string said;
};

TEST_F(ThreadCallsTest, GivesTheCallsInTheOrderTheyWereAdded) {
  calls.add([this] { said += "a"; });
  calls.add([this] { said += "b"; });
  runAll();
  EXPECT_EQ(said, "ab");
  EXPECT_TRUE(calls.takeAll().empty());
}

TEST_F(ThreadCallsTest, WakesOnceForABurst) {
  for (int i = 0; i < 100; ++i) calls.add([] {});
  EXPECT_EQ(wakeUps, 1);
  runAll();
  calls.add([] {});
  EXPECT_EQ(wakeUps, 2);
}

TEST_F(ThreadCallsTest, ACallThatIsAddedByACallComesNextTime) {
  calls.add([this] {
    calls.add([this] { said += "second"; });
    said += "first ";
  });
  runAll();
  EXPECT_EQ(said, "first ");
  EXPECT_EQ(wakeUps, 2);
  runAll();
  EXPECT_EQ(said, "first second");
}

TEST_F(ThreadCallsTest, ClosingDestroysWhatWaitsAndWhatComes) {
  auto token = std::make_shared<int>(1);
  calls.add([token] {});
  calls.close();
  EXPECT_EQ(token.use_count(), 1);
  calls.add([token] {});
  EXPECT_EQ(token.use_count(), 1);
  EXPECT_EQ(wakeUps, 1);
}

TEST_F(ThreadCallsTest, AClosureThatDiesInClosingMayAddAnother) {
  struct Adder {
    explicit Adder(ThreadCalls& calls) : calls(calls) {}
    ~Adder() {
      calls.add([] {});
    }
    ThreadCalls& calls;
  };
  calls.add([adder = std::make_unique<Adder>(calls)] {});
  calls.close();
}

}  // namespace
}  // namespace couplet::detail
