// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Values of all sorts on their way down a chain.
#include <any>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/concurrently.h>
#include <couplet/deferred/deferred.h>
#include <couplet/deferred/deferred_list.h>
#include <couplet/deferred/gather_results.h>
#include <couplet/deferred/race.h>
#include <couplet/deferred/testing/results.h>

#include "tests/deferred/support/lives.h"
#include "tests/deferred/support/reporting_test.h"

namespace couplet {
namespace {

using testing::Counted;
using testing::failureResultOf;
using testing::PoemError;
using testing::successResultOf;

using DeferredValuesTest = testing::ReportingTest;

Deferred<std::unique_ptr<int>> more(Deferred<std::unique_ptr<int>> deferred) {
  auto value = co_await std::move(deferred);
  ++*value;
  co_return value;
}

// Deferred 206: A value that can only be moved.
TEST_F(DeferredValuesTest, MoveOnlyValues) {
  Promise<std::unique_ptr<int>> promise;
  auto chain =
      promise.deferred()
          .addCallback([](std::unique_ptr<int> value) {
            ++*value;
            return value;
          })
          .addBoth([](Result<std::unique_ptr<int>> result) { return result; })
          .addCallback([](std::unique_ptr<int>&& value) { return more(succeed(std::move(value))); })
          .addErrback([](const Failure&) { return std::make_unique<int>(0); });
  promise.callback(std::make_unique<int>(5));
  EXPECT_EQ(*successResultOf(chain), 7);
}

struct NoDefault {
  explicit NoDefault(int number) : number(number) {}
  int number;
};

// Deferred 206: A value without a default constructor.
TEST_F(DeferredValuesTest, ValuesWithoutADefaultConstructor) {
  Promise<NoDefault> promise;
  auto chain = promise.deferred()
                   .addCallback([](NoDefault value) { return NoDefault(value.number + 1); })
                   .addErrback([](const Failure&) { return NoDefault(0); });
  auto outer = succeed().addCallback([&] { return std::move(chain); });
  promise.callback(NoDefault(5));
  EXPECT_EQ(successResultOf(outer).number, 6);
}

Deferred<void> nothing(Deferred<void> deferred) { co_await std::move(deferred); }

// Deferred 206: No value.
TEST_F(DeferredValuesTest, NoValue) {
  int calls = 0;
  Promise<void> promise;
  auto chain = promise.deferred()
                   .addCallback([&] { ++calls; })
                   .addCallback([&]() -> Result<void> { return {}; })
                   .addCallback([&] { return nothing(succeed()); })
                   .addBoth([&](Result<void> result) { return result; })
                   .addErrback([&](const Failure&) { ++calls; });
  promise.callback();
  successResultOf(chain);
  EXPECT_EQ(calls, 1);
}

/// Throws at its `fuse`th move.
struct ThrowsOnMove {
  explicit ThrowsOnMove(int fuse, int& alive) : fuse(fuse), counted(alive) {}
  ThrowsOnMove(ThrowsOnMove&& other) : fuse(other.fuse - 1), counted(other.counted) {
    if (fuse == 0) throw PoemError("moved");
  }
  int fuse;
  Counted counted;
};

Deferred<ThrowsOnMove> pass(Deferred<ThrowsOnMove> deferred) {
  co_return co_await std::move(deferred);
}

// Deferred 206: A value whose move throws, at whichever step: the failure goes down the chain.
TEST_F(DeferredValuesTest, AValueMayThrowWhereverItIsMoved) {
  int alive = 0, failures = 0, successes = 0;
  for (int fuse = 2; fuse < 20; ++fuse) {
    Promise<ThrowsOnMove> promise, inner;
    auto chain = promise.deferred()
                     .addCallback([](ThrowsOnMove value) { return value; })
                     .addBoth([](Result<ThrowsOnMove> result) { return result; })
                     .addCallback([&](ThrowsOnMove value) {
                       inner.callback(std::move(value));
                       return pass(inner.deferred());
                     });
    promise.callback(ThrowsOnMove(fuse, alive));
    std::move(chain).addCallbacks([&](const ThrowsOnMove&) { ++successes; },
                                  [&](const Failure& failure) {
                                    EXPECT_EQ(failure.message(), "moved");
                                    ++failures;
                                  });
    if (inner.pending()) static_cast<void>(std::move(inner));
  }
  EXPECT_EQ(alive, 0);
  EXPECT_GT(failures, 5);
  EXPECT_GT(successes, 2);
  EXPECT_EQ(failures + successes, 18);
}

/// Two pieces of work, the first of which gives a value that throws at its `fuse`th move.
std::vector<Deferred<ThrowsOnMove>> twoThatThrow(int fuse, int& alive) {
  std::vector<Deferred<ThrowsOnMove>> two;
  for (int each : {fuse, 1000}) {
    two.push_back(succeed().addCallback([each, &alive] { return ThrowsOnMove(each, alive); }));
  }
  return two;
}

// Deferred 206: ... by those that combine several, too.
TEST_F(DeferredValuesTest, AValueMayThrowWhereverACombinatorMovesIt) {
  int alive = 0, outcomes = 0;
  for (int fuse = 1; fuse < 20; ++fuse) {
    auto done = [&](const auto&) { ++outcomes; };
    gatherResults(twoThatThrow(fuse, alive)).addCallbacks(done, done);
    DeferredList(twoThatThrow(fuse, alive)).addCallbacks(done, done);
    DeferredList(twoThatThrow(fuse, alive), fireOnOneCallback).addCallbacks(done, done);
    race(twoThatThrow(fuse, alive)).addCallbacks(done, done);
    concurrently(twoThatThrow(fuse, alive)).addCallbacks(done, done);
  }
  EXPECT_EQ(outcomes, 5 * 19);
  EXPECT_EQ(alive, 0);
}

// Deferred 206: ... and so may a closure; what was taken for it goes with the chain.
TEST_F(DeferredValuesTest, AClosureMayThrowWhereItIsMoved) {
  struct Filled {
    ThrowsOnMove fuse;
    std::array<char, 600> filler{};
    void operator()(int) const {}
  };
  int alive = 0;
  for (int fuse = 1; fuse < 6; ++fuse) {
    Promise<int> promise;
    Deferred<int> deferred = promise.deferred();
    try {
      std::move(deferred).addCallback(Filled{ThrowsOnMove(fuse, alive)});
    } catch (const PoemError&) {
    }
    promise.callback(1);
  }
  EXPECT_EQ(alive, 0);
}

// Values that do not fit the slot of a chain, or need more alignment than that has.
TEST_F(DeferredValuesTest, LargeAndAlignedValues) {
  struct alignas(64) Aligned {
    int number;
  };
  auto large = succeed(std::array<int, 1000>{1, 2}).addCallback([](std::array<int, 1000> value) {
    return ++value[1], value;
  });
  auto outer = succeed().addCallback([&] { return std::move(large); });
  EXPECT_EQ(successResultOf(outer)[1], 3);

  gatherResults(succeed(Aligned{5}), succeed()).addCallback([](const auto& values) {
    EXPECT_EQ(std::get<0>(values).number, 5);
  });
  succeed(Aligned{5}).addCallback([](const Aligned& value) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&value) % 64, 0u);
    EXPECT_EQ(value.number, 5);
  });
}

// A callback takes a copy, a const reference or an rvalue; what it needs is converted.
TEST_F(DeferredValuesTest, CallbacksTakeTheValueAsTheyLike) {
  std::string trace;
  succeed(std::string("a"))
      .addCallback([&](const std::string& text) { return trace += text, text + "b"; })
      .addCallback([&](std::string&& text) { return trace += text, std::move(text); })
      .addCallback([&](std::string_view text) { return trace += text, 7; })
      .addCallback([&](double number) { trace += std::to_string(number)[0]; });
  EXPECT_EQ(trace, "aabab7");
}

// succeed and callback convert and decay.
TEST_F(DeferredValuesTest, FiringConverts) {
  Promise<std::string> promise;
  auto deferred = promise.deferred();
  promise.callback("poem");
  EXPECT_EQ(successResultOf(deferred), "poem");
  const std::string poem = "lvalue";
  EXPECT_EQ(successResultOf(succeed(poem)), "lvalue");
  Promise<std::pair<int, int>> braces;
  auto pair = braces.deferred();
  braces.callback({1, 2});
  EXPECT_EQ(successResultOf(pair).second, 2);
}

// A value that can be made of anything is not mistaken for a failure, nor a failure for it.
TEST_F(DeferredValuesTest, AnAnyIsAValueLikeAnother) {
  Promise<std::any> promise, failing;
  auto value = promise.deferred();
  auto failed = failing.deferred().addBoth([](Result<std::any> result) { return result; });
  promise.callback(std::any(5));
  failing.callback(Failure(PoemError()));
  EXPECT_EQ(std::any_cast<int>(successResultOf(value)), 5);
  failureResultOf<PoemError>(failed);
}

// A value is destroyed once, wherever the chain ends.
TEST_F(DeferredValuesTest, ValuesAreDestroyedOnce) {
  int alive = 0;
  {
    Promise<Counted> promise, paused;
    auto chain = promise.deferred().addBoth([](Result<Counted> result) { return result; });
    auto held = paused.deferred();
    held.pause();
    promise.callback(Counted(alive));
    paused.callback(Counted(alive));
    EXPECT_EQ(alive, 2);
    std::move(chain).discard();
    EXPECT_EQ(alive, 1);
  }
  EXPECT_EQ(alive, 0);
}

}  // namespace
}  // namespace couplet
