// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <stdexcept>
#include <thread>

#include <glog/logging.h>
#include <gmock/gmock.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <couplet/deferred/deferred.h>
#include <couplet/reactor/testing/gtest_unexpected_errors.h>
#include <couplet/reactor/testing/logged_errors.h>

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::LoggedErrors;

TEST(LoggedErrorsTest, CollectsWhatIsLoggedAsAnError) {
  LoggedErrors errors;
  LOG(INFO) << "all is well";
  LOG(ERROR) << "one";
  LOG(ERROR) << "two";
  EXPECT_THAT(errors.take(), ElementsAre("one", "two"));
  EXPECT_THAT(errors.take(), IsEmpty());
}

TEST(LoggedErrorsTest, CollectsTheFailuresThatNobodyHandles) {
  LoggedErrors errors;
  { auto lost = fail<int>(std::runtime_error("nobody cares")); }
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("nobody cares")));
}

TEST(LoggedErrorsTest, CollectsFromAnyThread) {
  LoggedErrors errors;
  std::thread([] { LOG(ERROR) << "elsewhere"; }).join();
  EXPECT_THAT(errors.take(), ElementsAre("elsewhere"));
}

TEST(LoggedErrorsTest, TheOneThatWasMadeLastGetsAll) {
  LoggedErrors outer;
  {
    LoggedErrors inner;
    LOG(ERROR) << "for the inner one";
    EXPECT_THAT(inner.take(), ElementsAre("for the inner one"));
  }
  LOG(ERROR) << "for the outer one";
  EXPECT_THAT(outer.take(), ElementsAre("for the outer one"));
}

/// A watch beside that of the program, over something that is no test.
class UnexpectedErrorsTest : public ::testing::Test {
 protected:
  UnexpectedErrorsTest() { watch.OnTestStart(info()); }
  static const ::testing::TestInfo& info() {
    return *::testing::UnitTest::GetInstance()->current_test_info();
  }
  static void end() { watch.OnTestEnd(info()); }

  static inline testing::UnexpectedErrors watch;  // EXPECT_NONFATAL_FAILURE sees no members
};

TEST_F(UnexpectedErrorsTest, FailATest) {
  LOG(ERROR) << "a surprise";
  EXPECT_NONFATAL_FAILURE(end(), "the test did not expect: a surprise");
}

TEST_F(UnexpectedErrorsTest, PassWhenTheyAreExpected) {
  watch.expect("prise");
  LOG(ERROR) << "a surprise";
  LOG(ERROR) << "the same surprise";
  end();
}

TEST_F(UnexpectedErrorsTest, FailATestThatExpectedOneInVain) {
  watch.expect("a surprise");
  EXPECT_NONFATAL_FAILURE(end(), "no error was logged with: a surprise");
}

TEST(ExpectLoggedTest, IsWhatATestWrites) {
  testing::expectLogged("as expected");
  LOG(ERROR) << "something, as expected";
}

}  // namespace
}  // namespace couplet
