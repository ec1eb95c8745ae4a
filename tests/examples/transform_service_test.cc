// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/poetry/transform_service.h"

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/testing/fake_clock.h>
#include <couplet/deferred/testing/results.h>

#include "examples/poetry/utf8.h"

namespace poetry {

using couplet::Deferred;
using namespace couplet::testing;
using namespace std::chrono_literals;

class TransformServiceTest : public ::testing::Test {
 protected:
  Deferred<std::string> ask(std::string_view name, std::string poem) {
    return service.transform(name, std::move(poem));
  }

  FakeClock clock;
  TransformService service{clock, 2s};
};

TEST_F(TransformServiceTest, HasFourTransforms) {
  EXPECT_EQ(successResultOf(ask("cummingsify", "A\nB\n")), "a\nb\n");
  EXPECT_EQ(successResultOf(ask("scream", "a\nb\n")), "A\nB\n");
  EXPECT_EQ(successResultOf(ask("reverse_lines", "a\nb\n")), "b\na\n");
  Deferred<std::string> slow = ask("slow_cummingsify", "A\nB\n");
  clock.advance(2s);
  EXPECT_EQ(successResultOf(slow), "a\nb\n");
}

TEST_F(TransformServiceTest, TellsTheirNames) {
  service.add("another", [](std::string poem) { return couplet::succeed(std::move(poem)); });
  EXPECT_EQ(service.names(), (std::vector<std::string>{"another", "cummingsify", "reverse_lines",
                                                       "scream", "slow_cummingsify"}));
}

TEST_F(TransformServiceTest, TheSlowOneTakesItsTime) {
  Deferred<std::string> slow = ask("slow_cummingsify", "A");
  clock.advance(1999ms);
  assertNoResult(slow);
  clock.advance(1ms);
  EXPECT_EQ(successResultOf(slow), "a");
}

TEST_F(TransformServiceTest, CancellingTheSlowOneStopsIt) {
  Deferred<std::string> slow = ask("slow_cummingsify", "A");
  slow.cancel();
  failureResultOf<couplet::CancelledError>(slow);
  EXPECT_EQ(clock.delayedCalls(), 0u);
}

TEST_F(TransformServiceTest, NothingElseCanBeCalled) {
  for (const char* name :
       {"", "nope", "add", "transform", "Cummingsify", "cummingsify ", "__init__"})
    failureResultOf<UnknownTransformError>(ask(name, "A"));
}

TEST_F(TransformServiceTest, APoemThatIsNotUtf8Fails) {
  failureResultOf<InvalidUtf8Error>(ask("cummingsify", "\xFF"));
}

TEST_F(TransformServiceTest, TakesMoreTransforms) {
  service.add("twice", [](std::string poem) { return couplet::succeed(poem + poem); });
  EXPECT_EQ(successResultOf(ask("twice", "ab")), "abab");
}

TEST_F(TransformServiceTest, WhatATransformThrowsFailsIt) {
  service.add("broken",
              [](std::string) -> Deferred<std::string> { throw std::runtime_error("x"); });
  failureResultOf<std::runtime_error>(ask("broken", "A"));
}

}  // namespace poetry
