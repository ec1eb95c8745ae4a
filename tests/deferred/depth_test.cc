// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A million of everything: the stack stays as it was, and in a loop the memory too. Each test runs
// on a thread with a small stack, which any recursion would overflow.
#include <pthread.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/sequentially.h>

#include "tests/deferred/support/allocations.h"

namespace couplet {
namespace {

using testing::liveAllocations;

constexpr int kMillion = 1'000'000;
constexpr int kMany = 100'000;  // where each costs more; deep enough to overflow the stack

/// How much of the stack lies between the callbacks that touch it.
class StackSpan {
 public:
  void touch() {
    auto place = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    lowest_ = std::min(lowest_, place);
    highest_ = std::max(highest_, place);
  }
  std::uintptr_t bytes() const { return highest_ < lowest_ ? 0 : highest_ - lowest_; }

 private:
  std::uintptr_t lowest_ = UINTPTR_MAX;
  std::uintptr_t highest_ = 0;
};

/// The first cancel of a program makes the CancelledError that all of them share.
void cancelOne() {
  Promise<void> promise;
  Deferred<void> deferred = promise.deferred();
  deferred.cancel();
  std::move(deferred).discard();
}

/// Runs `body`, and checks that nothing is left of it when its thread has ended.
void runOnASmallStack(std::function<void()> body) {
  constexpr std::size_t kStackBytes = 256 * 1024;
  std::thread(cancelOne).join();
  const long before = liveAllocations();
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_t thread;
  auto run = [](void* body) -> void* {
    (*static_cast<std::function<void()>*>(body))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, run, &body), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  EXPECT_EQ(liveAllocations(), before);
}

/// How a structure of a million ends.
enum class Ending { kFired, kFailed, kCancelled, kDiscarded, kAbandoned, kDroppedAndFired };

class DepthTest : public ::testing::TestWithParam<Ending> {
 protected:
  /// Ends `deferred`, which waits for `promise`.
  void end(std::optional<Promise<int>> promise, Deferred<int> deferred) {
    switch (GetParam()) {
      case Ending::kFired:
        promise->callback(1);
        break;
      case Ending::kFailed:
        promise->errback(1);
        break;
      case Ending::kCancelled:
        deferred.cancel();
        break;
      case Ending::kDiscarded:
        return std::move(deferred).discard();
      case Ending::kAbandoned:
        promise.reset();
        break;
      case Ending::kDroppedAndFired: {
        auto dropped = std::move(deferred);
      }
        return promise->callback(1);
    }
    std::move(deferred).addErrback([](const Failure&) { return 0; });
  }

  /// A function for addBoth that counts.
  auto counts() {
    return [this](Result<int> result) {
      ++calls;
      span.touch();
      return result;
    };
  }

  /// Builds a structure on a Deferred, and ends it. All its callbacks run, unless discarded.
  void buildAndEnd(int callbacks, std::function<Deferred<int>(Deferred<int>)> build) {
    runOnASmallStack([&] {
      std::optional<Promise<int>> promise(std::in_place);
      Deferred<int> built = build(promise->deferred());
      end(std::move(promise), std::move(built));
    });
    EXPECT_EQ(calls, GetParam() == Ending::kDiscarded ? 0 : callbacks);
    EXPECT_LT(span.bytes(), 1024u);
  }

  StackSpan span;
  int calls = 0;
};

std::string nameOf(const ::testing::TestParamInfo<Ending>& info) {
  const char* names[] = {"Fired",     "Failed",    "Cancelled",
                         "Discarded", "Abandoned", "DroppedAndFired"};
  return names[static_cast<int>(info.param)];
}

INSTANTIATE_TEST_SUITE_P(Ending, DepthTest,
                         ::testing::Values(Ending::kFired, Ending::kFailed, Ending::kCancelled,
                                           Ending::kDiscarded, Ending::kAbandoned,
                                           Ending::kDroppedAndFired),
                         nameOf);

// Deferred 203: A million callbacks on one chain.
TEST_P(DepthTest, AMillionCallbacks) {
  buildAndEnd(kMillion, [&](Deferred<int> deferred) {
    for (int i = 0; i < kMillion; ++i) deferred.addBoth(counts());
    return deferred;
  });
}

// Deferred 49, 203: A million Deferreds, each waiting on the next.
TEST_P(DepthTest, AMillionInnerDeferreds) {
  buildAndEnd(kMillion, [&](Deferred<int> waiting) {
    for (int i = 0; i < kMillion; ++i) {
      waiting =
          succeed()
              .addCallback([inner = std::move(waiting)]() mutable { return std::move(inner); })
              .addBoth(counts());
    }
    return waiting;
  });
}

// Deferred 49, 203: The same, begun from the outermost, each waiting when it is returned.
TEST_P(DepthTest, AMillionInnerDeferredsFromTheOutermost) {
  buildAndEnd(kMillion, [&](Deferred<int> innermost) {
    std::vector<Promise<void>> starts(kMillion);
    Deferred<int> waiting = std::move(innermost);
    for (auto& start : starts) {
      waiting =
          start.deferred()
              .addCallback([inner = std::move(waiting)]() mutable { return std::move(inner); })
              .addBoth(counts());
    }
    for (int i = kMillion - 1; i >= 0; --i) starts[i].callback();
    return waiting;
  });
}

Deferred<int> awaitAndCount(Deferred<int> deferred, int& calls, StackSpan& span) {
  try {
    int value = co_await std::move(deferred);
    ++calls;
    span.touch();
    co_return value;
  } catch (...) {
    ++calls;
    throw;
  }
}

// Deferred 203: Coroutines, each awaiting the next.
TEST_P(DepthTest, ManyNestedCoroutines) {
  buildAndEnd(kMany, [&](Deferred<int> waiting) {
    for (int i = 0; i < kMany; ++i) waiting = awaitAndCount(std::move(waiting), calls, span);
    return waiting;
  });
}

// Deferred 203, 210: Closures, each kept for the coroutine that it is.
TEST_P(DepthTest, ManyClosuresOfCoroutines) {
  buildAndEnd(kMany, [&](Deferred<int> waiting) {
    for (int i = 0; i < kMany; ++i) {
      waiting =
          succeed().addCallback([this, inner = std::move(waiting)]() mutable -> Deferred<int> {
            co_return co_await std::move(inner).addBoth(counts());
          });
    }
    return waiting;
  });
}

// Deferred 200, 203: Chains, each with the Promise of the next in a closure: whatever ends
// the first one abandons all others.
TEST_P(DepthTest, ManyPromisesInClosures) {
  runOnASmallStack([&] {
    std::optional<Promise<int>> promise(std::in_place);
    Deferred<int> first = promise->deferred();
    Promise<int> owned;
    Deferred<int> last = owned.deferred().addBoth(counts());
    first.addBoth([owned = std::move(owned)](Result<int> result) { return result; });
    for (int i = 1; i < kMany; ++i) {
      Promise<int> next;
      Deferred<int> waiting = next.deferred().addBoth(counts());
      std::move(last).addBoth([next = std::move(next)](Result<int>) {});
      last = std::move(waiting);
    }
    std::move(last).addErrback([](const Failure&) { return 0; });
    end(std::move(promise), std::move(first));
  });
  EXPECT_EQ(calls, kMany);
  EXPECT_LT(span.bytes(), 1024u);
}

/// A loop of callbacks that each return a new pending Deferred, whose Promise is then fired.
class TailLoopTest : public ::testing::Test {
 protected:
  Deferred<void> next() {
    if (++rounds == kMillion) return succeed();
    pending.emplace();
    return pending->deferred().addCallback([this] {
      span.touch();
      return next();
    });
  }

  void fireNext() {
    Promise<void> promise = std::move(*pending);
    promise.callback();
  }

  std::optional<Promise<void>> pending;  // made on the small stack's thread
  int rounds = 0;
  StackSpan span;
};

// Deferred 203: A tail-recursive loop of a million callbacks takes constant stack and memory.
TEST_F(TailLoopTest, TakesConstantStackAndMemory) {
  runOnASmallStack([&] {
    bool done = false;
    long most = 0;
    const long before = liveAllocations();
    next().addCallback([&] { done = true; });
    while (!done) {
      fireNext();
      most = std::max(most, liveAllocations() - before);
    }
    EXPECT_LT(most, 50);
    pending.reset();
  });
  EXPECT_EQ(rounds, kMillion);
  EXPECT_LT(span.bytes(), 1024u);
}

// Deferred 203: It can be cancelled, and discarded, wherever it is.
TEST_F(TailLoopTest, CanBeCancelledOrDiscardedInItsMidst) {
  for (bool discard : {false, true}) {
    auto loop = next();
    for (int i = 0; i < 1000; ++i) fireNext();
    EXPECT_TRUE(pending->pending());
    discard ? std::move(loop).discard() : loop.cancel();
    EXPECT_FALSE(pending->pending());
    if (loop)
      std::move(loop).addErrback([](const Failure& failure) { failure.trap<CancelledError>(); });
  }
}

Deferred<int> awaitReady(StackSpan& span) {
  for (int i = 0; i < kMillion; ++i) {
    co_await succeed(i).addCallback([&](int value) { return span.touch(), value; });
  }
  co_return kMillion;
}

// Deferred 124, 203: A million sequential awaits of ready values.
TEST(SequentialAwaitsTest, OfReadyValuesTakeConstantStack) {
  StackSpan span;
  int awaits = 0;
  runOnASmallStack([&] { awaitReady(span).addCallback([&](int value) { awaits = value; }); });
  EXPECT_EQ(awaits, kMillion);
  EXPECT_LT(span.bytes(), 1024u);
}

Deferred<int> awaitPending(std::optional<Promise<int>>& promise, StackSpan& span) {
  int sum = 0;
  for (int i = 0; i < kMillion; ++i) {
    promise.emplace();
    sum += co_await promise->deferred();
    span.touch();
  }
  co_return sum;
}

// Deferred 203: A million sequential awaits of values to come, in constant memory.
TEST(SequentialAwaitsTest, OfValuesToComeTakeConstantStackAndMemory) {
  StackSpan span;
  int sum = 0;
  runOnASmallStack([&] {
    std::optional<Promise<int>> promise;
    awaitPending(promise, span).addCallback([&](int value) { sum = value; });
    const long before = liveAllocations();
    while (sum == 0) {
      Promise<int> next = std::move(*promise);
      next.callback(1);
    }
    EXPECT_LT(liveAllocations() - before, 50);
  });
  EXPECT_EQ(sum, kMillion);
  EXPECT_LT(span.bytes(), 1024u);
}

// Crunch 14: A million items of sequentially, of which the first is waited for.
TEST(SequentiallyDepthTest, ItemsThatAnswerAtOnceTakeConstantStack) {
  StackSpan span;
  std::size_t answered = 0;
  runOnASmallStack([&] {
    Promise<int> first;
    std::vector<std::function<Deferred<int>()>> items(kMillion,
                                                      [&] { return span.touch(), succeed(1); });
    items[0] = [&] { return first.deferred(); };
    sequentially(std::move(items)).addCallback([&](const std::vector<int>& values) {
      answered = values.size();
    });
    first.callback(1);
  });
  EXPECT_EQ(answered, static_cast<std::size_t>(kMillion));
  EXPECT_LT(span.bytes(), 1024u);
}

}  // namespace
}  // namespace couplet
