// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Who may go when: Promises, Deferreds, closures and handles, from within each other.
#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/testing/results.h>

#include "tests/deferred/support/lives.h"
#include "tests/deferred/support/reporting_test.h"

namespace couplet {
namespace {

using testing::AtEnd;
using testing::Counted;
using testing::failureResultOf;
using testing::PoemError;
using testing::successResultOf;

class DeferredLifetimeTest : public testing::ReportingTest {
 protected:
  /// A callback that keeps a Counted and writes a letter.
  auto writes(const char* letter) {
    return [this, letter, counted = Counted(alive)](auto&&...) { trace += letter; };
  }

  std::string trace;
  int alive = 0;
};

// Deferred 200: A Promise that is destroyed unfired fails its Deferred, and says where it was made.
TEST_F(DeferredLifetimeTest, AnAbandonedPromiseFailsItsDeferred) {
  Deferred<int> deferred;
  {
    Promise<int> promise(SourceLocation{"poem.cc", 3});
    deferred = promise.deferred();
    testing::assertNoResult(deferred);
  }
  EXPECT_EQ(failureResultOf<AbandonedError>(deferred).message(),
            "the Promise made at poem.cc:3 was destroyed before it was fired");
}

// Deferred 200: ... at once where no chain runs.
TEST_F(DeferredLifetimeTest, AnAbandonedChainRunsAtOnce) {
  std::optional<Promise<int>> promise(std::in_place);
  promise->deferred().addErrback([&](const Failure&) {
    trace += "errback";
    return 0;
  });
  promise.reset();
  EXPECT_EQ(trace, "errback");
}

/// What is done to a chain whose callback destroys another Promise.
enum class Outermost { kCallback, kErrback, kCancel, kDestructor, kAddCallback, kUnpause };

class AbandonedInATurnTest : public DeferredLifetimeTest,
                             public ::testing::WithParamInterface<Outermost> {
 protected:
  void runTurn(Promise<void> promise, Deferred<void> deferred) {
    switch (GetParam()) {
      case Outermost::kCallback:
        return promise.callback();
      case Outermost::kErrback:
        return promise.errback(PoemError());
      case Outermost::kCancel:
        return deferred.cancel();
      case Outermost::kDestructor:
        return static_cast<void>(promise = Promise<void>());
      case Outermost::kAddCallback:
        return;  // it was fired before
      case Outermost::kUnpause:
        deferred.pause();
        promise.callback();
        return deferred.unpause();
    }
  }
};

// Deferred 200: While a chain runs it fails at once, and its callbacks run when the outermost ends.
TEST_P(AbandonedInATurnTest, RunsBeforeTheOutermostReturns) {
  std::optional<Promise<int>> abandoned(std::in_place);
  auto failed = abandoned->deferred().addErrback([&](const Failure&) {
    trace += "abandoned";
    return 0;
  });
  Promise<void> promise;
  Deferred<void> deferred = promise.deferred();
  if (GetParam() == Outermost::kAddCallback) promise.callback();
  deferred.addBoth([&](Result<void>) {
    abandoned.reset();
    trace += "running ";
  });
  runTurn(std::move(promise), std::move(deferred));
  EXPECT_EQ(trace, "running abandoned");
}

INSTANTIATE_TEST_SUITE_P(Outermost, AbandonedInATurnTest,
                         ::testing::Values(Outermost::kCallback, Outermost::kErrback,
                                           Outermost::kCancel, Outermost::kDestructor,
                                           Outermost::kAddCallback, Outermost::kUnpause));

// Deferred 200: A Promise whose Deferred was never taken dies silently.
TEST_F(DeferredLifetimeTest, AnUntakenPromiseDiesSilently) {
  { Promise<int> promise; }
  {
    Promise<int> promise([&] { trace += "canceller"; });
  }
  EXPECT_EQ(takeReported(), "");
  EXPECT_EQ(trace, "");
}

// Deferred 200: A Promise that has fired does not abandon.
TEST_F(DeferredLifetimeTest, AFiredPromiseMayGo) {
  Deferred<int> deferred;
  {
    Promise<int> promise;
    deferred = promise.deferred();
    promise.callback(5);
  }
  EXPECT_EQ(successResultOf(deferred), 5);
}

// Deferred 201: A Deferred that is dropped while pending is detached: its callbacks still run.
TEST_F(DeferredLifetimeTest, ADroppedChainStillRuns) {
  Promise<int> promise;
  { auto dropped = promise.deferred().addCallback(writes("ran")); }
  EXPECT_EQ(trace, "");
  promise.callback(1);
  EXPECT_EQ(trace, "ran");
  EXPECT_EQ(alive, 0);
}

// Deferred 201: ... and a failure that reaches its end is reported then.
TEST_F(DeferredLifetimeTest, ADroppedChainsFailureIsReported) {
  Promise<int> promise;
  {
    auto dropped = promise.deferred().addCallback([](int) { throw PoemError("lost"); });
  }
  promise.callback(1);
  EXPECT_EQ(takeReported(), "lost;");
}

// Deferred 204: A callback may destroy the Promise that fires it.
TEST_F(DeferredLifetimeTest, ACallbackMayDestroyItsPromise) {
  auto promise = std::make_unique<Promise<int>>();
  promise->deferred()
      .addCallback([&](int) {
        promise.reset();
        trace += "a";
      })
      .addCallback(writes("b"));
  promise->callback(1);
  EXPECT_EQ(trace, "ab");
  EXPECT_EQ(alive, 0);
}

// Deferred 204: ... the Deferred of its own chain.
TEST_F(DeferredLifetimeTest, ACallbackMayDestroyItsDeferred) {
  Promise<int> promise;
  std::optional<Deferred<int>> deferred = promise.deferred();
  deferred
      ->addCallback([&](int value) {
        deferred.reset();
        return trace += "a", value;
      })
      .addCallback([&, counted = Counted(alive)](int value) { return trace += "b", value; });
  promise.callback(1);
  EXPECT_EQ(trace, "ab");
  EXPECT_EQ(alive, 0);
}

// Deferred 204: ... the object that holds both, and what it captured through it.
TEST_F(DeferredLifetimeTest, ACallbackMayDestroyTheirOwner) {
  struct Owner {
    Promise<int> promise;
    Deferred<int> deferred = promise.deferred();
  };
  auto owner = std::make_unique<Owner>();
  owner->deferred
      .addCallback([&](int) -> int {
        owner.reset();
        throw PoemError("lost");
      })
      .addErrback([&, counted = Counted(alive)](const Failure& failure) {
        trace += failure.message();
        return 0;
      });
  owner->promise.callback(1);
  EXPECT_EQ(trace, "lost");
  EXPECT_EQ(alive, 0);
}

// Deferred 204: ... an outer that waits for it.
TEST_F(DeferredLifetimeTest, ACallbackMayDestroyItsOuter) {
  Promise<int> inner;
  std::optional<Deferred<int>> outer;
  outer = succeed().addCallback([&] {
    return inner.deferred().addCallback([&](int value) {
      outer.reset();
      return value;
    });
  });
  outer->addCallback([&, counted = Counted(alive)](int value) { return trace += "ran", value; });
  inner.callback(1);
  EXPECT_EQ(trace, "ran");
  EXPECT_EQ(alive, 0);
}

// Deferred 204: The canceller may destroy the Promise, or the Deferred.
TEST_F(DeferredLifetimeTest, ACancellerMayDestroyEither) {
  std::optional<Promise<int>> promise;
  std::optional<Deferred<int>> other;
  promise.emplace([&] { promise.reset(); });
  auto deferred = promise->deferred();
  deferred.cancel();
  failureResultOf<CancelledError>(deferred);

  Promise<int> second([&, counted = Counted(alive)] { other.reset(); });
  other = second.deferred();
  CancelHandle handle = other->cancelHandle();
  handle.cancel();
  EXPECT_EQ(takeReported(), "the Deferred was cancelled;");
  EXPECT_EQ(alive, 0);
}

// Deferred 204: The end of a closure may destroy the Promise, and fire what the closure returned.
TEST_F(DeferredLifetimeTest, TheEndOfAClosureMayEndTheChainItIsIn) {
  auto promise = std::make_unique<Promise<int>>();
  Promise<int> inner;
  AtEnd ends([&] {
    promise.reset();
    inner.callback(5);
    trace += "ended ";
  });
  promise->deferred()
      .addCallback([&, text = std::string("a text too long to be stored inside"),
                    ends = std::move(ends)](int) { return inner.deferred(); })
      .addCallback(writes("ran"));
  promise->callback(1);
  EXPECT_EQ(trace, "ended ran");
  EXPECT_EQ(alive, 0);
}

// ... and of one that was kept for its coroutine, which adds steps besides.
TEST_F(DeferredLifetimeTest, TheEndOfACoroutinesClosureMayFireWhatThatCoReturned) {
  Promise<int> promise, other;
  Deferred<int> deferred = succeed(1);
  AtEnd fires([&] {
    other.callback(5);
    deferred.addCallback([&](int value) { return trace += "added", value; });
  });
  deferred.addCallback([&, filler = std::array<char, 600>(), text = std::string(50, ' '),
                        fires = std::move(fires)](int) -> Deferred<int> {
    static_cast<void>(filler);
    co_await promise.deferred();
    co_return other.deferred();
  });
  deferred.addCallback([&](int value) { return trace += "ran ", value; });
  promise.callback(1);
  EXPECT_EQ(trace, "ran added");
  EXPECT_EQ(successResultOf(deferred), 5);
}

// Steps added while a closure ends are run in their turn.
TEST_F(DeferredLifetimeTest, TheEndOfAClosureMayAddSteps) {
  Promise<int> promise;
  Deferred<int> deferred = promise.deferred();
  AtEnd adds([&] {
    deferred.addCallback([&, filler = std::array<char, 600>()](int value) {
      return static_cast<void>(filler), trace += "added", value;
    });
  });
  deferred.addCallback([&, adds = std::move(adds)](int value) { return trace += "first ", value; });
  promise.callback(1);
  EXPECT_EQ(trace, "first added");
}

// Closures that run are destroyed as soon as they have run, those passed by too.
TEST_F(DeferredLifetimeTest, AClosureEndsWhenItsTurnIsOver) {
  Promise<int> promise;
  auto deferred =
      promise.deferred()
          .addCallback([counted = Counted(alive)](int value) { return value; })
          .addErrback([counted = Counted(alive)](const Failure&) { return 0; })
          .addCallback([&](int value) { return trace += std::to_string(alive), value; });
  EXPECT_EQ(alive, 2);
  promise.callback(1);
  EXPECT_EQ(trace, "0");
}

// A Promise in the closure of another's chain: ends with it, and fails the next.
TEST_F(DeferredLifetimeTest, APromiseInAClosureIsAbandonedWithIt) {
  Promise<int> second;
  auto heard = second.deferred().addErrback([&](const Failure& failure) {
    failure.trap<AbandonedError>();
    trace += "abandoned";
    return 0;
  });
  {
    Promise<int> first;
    first.deferred()
        .addCallback([second = std::move(second)](int value) mutable { second.callback(value); })
        .addErrback([](const Failure&) {});
  }
  EXPECT_EQ(trace, "abandoned");
}

// A value that nobody sees ends with its chain.
TEST_F(DeferredLifetimeTest, AnUnseenValueEndsWithItsChain) {
  Promise<Counted> promise;
  { auto dropped = promise.deferred(); }
  promise.callback(Counted(alive));
  EXPECT_EQ(alive, 0);
  { auto dropped = succeed(Counted(alive)); }
  EXPECT_EQ(alive, 0);
}

// Deferred 207: addCallback on an lvalue gives that Deferred; it holds the chain.
TEST_F(DeferredLifetimeTest, AnLvalueKeepsItsChain) {
  Promise<int> promise;
  Deferred<int> deferred = promise.deferred();
  static_assert(
      std::is_same_v<decltype(deferred.addCallback([](int i) { return i; })), Deferred<int>&>);
  EXPECT_EQ(&deferred.addCallback([](int value) { return value; }), &deferred);
  EXPECT_TRUE(deferred);
  std::move(deferred).discard();
}

/// The message of the logic_error that `use` throws.
template <class F>
std::string messageOf(F use) {
  try {
    use();
  } catch (const std::logic_error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

// Deferred 207: A moved-from Deferred is empty; using it names the line where it was consumed.
TEST_F(DeferredLifetimeTest, UsingAConsumedOneNamesTheLine) {
  Deferred<int> deferred = succeed(1);
  const unsigned line = __LINE__ + 1;
  auto next = std::move(deferred).addCallback([](int value) { return value; });
  EXPECT_FALSE(deferred);
  const std::string end = "lifetime_test.cc:" + std::to_string(line);
  const std::string message = messageOf([&] { deferred.cancel(); });
  EXPECT_TRUE(message.starts_with("couplet: this Deferred is empty: it was consumed at "));
  EXPECT_TRUE(message.ends_with(end)) << message;
}

// Deferred 207: ... for every way of using it, and every way of consuming it.
TEST_F(DeferredLifetimeTest, EveryUseOfAConsumedOneThrows) {
  Deferred<int> deferred = succeed(1);
  Deferred<int> moved(std::move(deferred), SourceLocation{"moved.cc", 9});
  const std::string expected = "couplet: this Deferred is empty: it was consumed at moved.cc:9";
  EXPECT_EQ(messageOf([&] { deferred.addCallback([](int value) { return value; }); }), expected);
  EXPECT_EQ(messageOf([&] { std::move(deferred).addBoth([](Result<int>) {}); }), expected);
  EXPECT_EQ(messageOf([&] { deferred.pause(); }), expected);
  EXPECT_EQ(messageOf([&] { deferred.unpause(); }), expected);
  EXPECT_EQ(messageOf([&] { deferred.cancelHandle(); }), expected);
  EXPECT_EQ(messageOf([&] { deferred.named("x"); }), expected);
  EXPECT_EQ(messageOf([&] { std::move(deferred).discard(); }), expected);
}

// Deferred 207: A place without a line, or with one past the highest that is kept.
TEST_F(DeferredLifetimeTest, PlacesOfConsumingMayBeOdd) {
  Deferred<int> deferred = succeed(1);
  Deferred<int> moved(std::move(deferred), SourceLocation{});
  EXPECT_FALSE(deferred);
  Deferred<int> again(std::move(moved), SourceLocation{"large.cc", 70'000});
  EXPECT_TRUE(messageOf([&] { moved.cancel(); }).ends_with("large.cc:65535"));
  EXPECT_EQ(messageOf([] { Deferred<int>().cancel(); }), "couplet: this Deferred is empty");
}

TEST_F(DeferredLifetimeTest, AssigningDropsTheOldChain) {
  Promise<int> promise;
  Deferred<int> deferred = promise.deferred();
  deferred = fail<int>(PoemError("lost"));
  deferred = succeed(1);
  EXPECT_EQ(takeReported(), "lost;");
  Deferred<int>& same = deferred;
  deferred = std::move(same);
  EXPECT_EQ(successResultOf(deferred), 1);
  promise.callback(2);
}

// A closure that throws when it is moved: the exception comes out of addCallback, nothing leaks.
TEST_F(DeferredLifetimeTest, AClosureMayThrowWhenMoved) {
  struct Throws {
    explicit Throws(int& alive) : counted(alive) {}
    Throws(Throws&& other) : counted(other.counted), moves(other.moves + 1) {
      if (moves > 2) throw PoemError("moved");
    }
    int operator()(int value) { return value; }
    Counted counted;
    int moves = 0;
  };
  Promise<int> promise;
  Deferred<int> deferred = promise.deferred();
  EXPECT_THROW(deferred.addCallback(Throws(alive)), PoemError);
  EXPECT_EQ(alive, 0);
  deferred.addCallback([](int value) { return value + 1; });
  EXPECT_THROW(std::move(deferred).addCallback(Throws(alive)), PoemError);
  promise.callback(1);
  EXPECT_EQ(alive, 0);
}

// Closures larger than a block, and steps by the thousand, in the order they were added.
TEST_F(DeferredLifetimeTest, ManyAndLargeStepsKeepTheirOrder) {
  Promise<int> promise;
  Deferred<int> deferred = promise.deferred();
  std::vector<int> order;
  for (int i = 0; i < 3000; ++i) {
    if (i % 100 == 7) {
      deferred.addCallback(
          [&order, i, filler = std::array<char, 5000>(), counted = Counted(alive)](int value) {
            return static_cast<void>(filler), order.push_back(i), value;
          });
    } else {
      deferred.addCallback(
          [&order, i, counted = Counted(alive)](int value) { return order.push_back(i), value; });
    }
  }
  EXPECT_EQ(alive, 3000);
  promise.callback(1);
  EXPECT_EQ(alive, 0);
  ASSERT_EQ(order.size(), 3000u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

// A chain of values each of which owns the Deferred of the next one.
TEST_F(DeferredLifetimeTest, LinkedValuesEndOneAfterTheOther) {
  struct Cell {
    Counted counted;
    std::unique_ptr<Deferred<Cell>> rest;
  };
  auto list = succeed(Cell{Counted(alive), nullptr});
  for (int i = 0; i < 100'000; ++i) {
    auto rest = std::make_unique<Deferred<Cell>>(std::move(list));
    list = succeed(Cell{Counted(alive), std::move(rest)});
  }
  { auto dropped = std::move(list); }
  EXPECT_EQ(alive, 0);
}

}  // namespace
}  // namespace couplet
