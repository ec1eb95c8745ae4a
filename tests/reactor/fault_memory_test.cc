// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Each allocation fails once, in turn; then each with some that follow it. What the program logs
// meanwhile is a matter of its own: this main() watches no log.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fault_memory.h"
#include "fault_scenario.h"

namespace couplet {
namespace {

using ::testing::IsEmpty;

/// For so many allocations the memory is short.
class FaultMemoryTest : public ::testing::TestWithParam<int> {
 protected:
  /// True when there were enough allocations to fail.
  bool sweepOne(long nth) {
    SCOPED_TRACE("allocation " + std::to_string(nth));
    FaultScenario scenario;
    failAllocations(nth, GetParam());
    scenario.run();
    bool failed = endShortage();
    EXPECT_THAT(scenario.whatIsOdd(), IsEmpty()) << scenario.describe();
    return failed;
  }
};

TEST_P(FaultMemoryTest, EachAllocationInTurn) {
  long failed = 0;
  while (!HasFailure() && sweepOne(failed)) ++failed;
  EXPECT_GT(failed, 40);
  RecordProperty("allocations", static_cast<int>(failed));
}

INSTANTIATE_TEST_SUITE_P(Short, FaultMemoryTest, ::testing::Values(1, 2));

}  // namespace
}  // namespace couplet

int main(int argc, char** argv) {
  ::testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
