// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Random programs: Promises, Deferreds, handles and coroutines that own each other and do anything
// to each other, from outside, from callbacks, from cancellers and from the ends of closures. What
// must hold of all of them: the callbacks of a chain run once each, in order, and never one inside
// of another; every closure and value is destroyed once; and when the last Promise is gone, every
// callback has run that was not discarded. Run it under ASan.
#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/concurrently.h>
#include <couplet/deferred/deferred.h>
#include <couplet/deferred/gather_results.h>
#include <couplet/deferred/report.h>
#include <couplet/deferred/sequentially.h>
#include <couplet/deferred/testing/fake_clock.h>

#include "tests/deferred/support/lives.h"

namespace couplet {
namespace {

using namespace std::chrono_literals;
using testing::Counted;
using testing::PoemError;

class World;

/// A value that may throw when it is moved.
struct Value {
  explicit Value(World& world);
  Value(Value&& other);
  World* world;
  Counted counted;
};

/// What a chain has done so far.
struct Record {
  int added = 0;
  int ran = 0;
  bool running = false;
};
using RecordOf = std::shared_ptr<Record>;

struct PromiseBox {
  std::optional<Promise<Value>> promise;
};
struct DeferredBox {
  std::optional<Deferred<Value>> deferred;
  RecordOf record;
};

/// What a closure owns: the end of it may end other chains.
struct Belongings {
  std::vector<std::shared_ptr<PromiseBox>> promises;
  std::vector<std::shared_ptr<DeferredBox>> deferreds;
};

struct Options {
  bool discards;
  bool throwingMoves;
};

class World {
 public:
  World(unsigned seed, Options options) : options_(options), random_(seed) {}

  /// Does so many things at random, then ends all Promises and looks at what is left.
  void run(int operations) {
    for (int i = 0; i < operations; ++i) act();
    end();
    EXPECT_EQ(alive, 0);
    for (const RecordOf& record : records_) {
      if (!options_.discards) {
        EXPECT_EQ(record->ran, record->added);
      }
    }
  }

  /// Does one thing, unless too deep in others.
  void act();

  /// True once in `odds` times, while the world lasts.
  bool chance(unsigned odds) { return !ending_ && random_() % odds == 0; }

  /// Where a value throws on its way into a callback, that one does not run.
  bool throwingMoves() const { return options_.throwingMoves; }
  bool throwsOnMove() { return options_.throwingMoves && chance(50); }
  Belongings takeBelongings();
  Deferred<Value> anyDeferred();
  Result<Value> anyResult();

  int alive = 0;

 private:
  template <class T>
  std::shared_ptr<T> pick(std::vector<std::shared_ptr<T>>& pool) {
    if (pool.empty()) return nullptr;
    return pool[random_() % pool.size()];
  }
  template <class T>
  std::shared_ptr<T> take(std::vector<std::shared_ptr<T>>& pool) {
    if (pool.empty()) return nullptr;
    std::swap(pool[random_() % pool.size()], pool.back());
    std::shared_ptr<T> taken = std::move(pool.back());
    pool.pop_back();
    return taken;
  }

  void doSomething(unsigned what);
  void makePromise();
  void keep(Deferred<Value> deferred, RecordOf record);
  void keep(Deferred<Value> deferred) { keep(std::move(deferred), newRecord()); }
  RecordOf newRecord();
  void addStep(DeferredBox& box);
  void moveOn(DeferredBox& box);
  void startCoroutine();
  void gather();
  void beginItems();
  void pauseOrUnpause();
  void end();

  Options options_;
  std::mt19937 random_;
  testing::FakeClock clock_;
  int depth_ = 0;
  bool ending_ = false;
  std::vector<std::shared_ptr<PromiseBox>> promises_;
  std::vector<std::shared_ptr<DeferredBox>> deferreds_;
  std::vector<CancelHandle> cancelHandles_;
  std::vector<CancelHandle> gathered_;
  std::vector<std::pair<PauseHandle, int>> pauseHandles_;  // with how often each has paused
  std::vector<std::weak_ptr<PromiseBox>> allPromises_;
  std::vector<RecordOf> records_;
};

Value::Value(World& world) : world(&world), counted(world.alive) {}
Value::Value(Value&& other) : world(other.world), counted(other.counted) {
  if (world->throwsOnMove()) throw PoemError("moved");
}

/// What all closures have in common: what they own, that they run once, what their end may do.
class Closure {
 public:
  explicit Closure(World& world)
      : world_(&world), counted_(world.alive), belongings_(world.takeBelongings()) {}
  Closure(Closure&& other) noexcept
      : world_(std::exchange(other.world_, nullptr)),
        counted_(other.counted_),
        belongings_(std::move(other.belongings_)) {}
  ~Closure() {
    EXPECT_FALSE(running_);
    if (world_ && world_->chance(8)) world_->act();
  }

 protected:
  void actSometimes() {
    for (int i = 0; i < 2; ++i) {
      if (world_->chance(3)) world_->act();
    }
  }

  World* world_;  // null in a moved-from one
  Counted counted_;
  Belongings belongings_;
  bool running_ = false;
};

/// A callback and errback.
class StepClosure : public Closure {
 public:
  StepClosure(World& world, RecordOf record)
      : Closure(world), record_(std::move(record)), index_(record_->added++) {}

 protected:
  void enter() {
    EXPECT_FALSE(record_->running);
    EXPECT_LE(record_->ran, index_);
    if (!world_->throwingMoves()) {
      EXPECT_EQ(record_->ran, index_);
    }
    record_->ran = index_ + 1;
    record_->running = running_ = true;
    actSometimes();
  }
  void leave() { record_->running = running_ = false; }

 private:
  RecordOf record_;
  int index_;
};

struct AnswersAResult : StepClosure {
  using StepClosure::StepClosure;
  Result<Value> operator()(Result<Value> result) {
    enter();
    leave();
    if (world_->chance(2)) return result;
    if (world_->chance(6)) throw PoemError("thrown");
    return world_->anyResult();
  }
};

struct AnswersADeferred : StepClosure {
  using StepClosure::StepClosure;
  Deferred<Value> operator()(Result<Value>) {
    enter();
    leave();
    return world_->anyDeferred();
  }
};

struct IsACoroutine : StepClosure {
  using StepClosure::StepClosure;
  Deferred<Value> operator()(Result<Value>) {
    enter();
    leave();
    Deferred<Value> awaited = world_->anyDeferred();
    Value value = co_await std::move(awaited);
    actSometimes();
    if (world_->chance(3)) co_return world_->anyDeferred();
    co_return value;
  }
};

struct CancelsSomehow : Closure {
  using Closure::Closure;
  void operator()(Promise<Value>& promise) {
    actSometimes();
    if (world_->chance(4)) throw PoemError("canceller");
    if (world_->chance(3) && promise.pending()) promise.callback(world_->anyResult());
  }
};

struct IsAnItem : Closure {
  using Closure::Closure;
  Deferred<Value> operator()() {
    actSometimes();
    if (world_->chance(6)) throw PoemError("item");
    return world_->anyDeferred();
  }
};

struct IsAnItemAndACoroutine : Closure {
  using Closure::Closure;
  Deferred<Value> operator()() {
    actSometimes();
    Deferred<Value> awaited = world_->anyDeferred();
    Value value = co_await std::move(awaited);
    actSometimes();
    co_return value;
  }
};

Deferred<Value> awaitBoth(World& world, Closure, Deferred<Value> first, Deferred<Value> second) {
  for (Deferred<Value>* deferred : {&first, &second}) {
    try {
      Value value = co_await std::move(*deferred);
      if (world.chance(3)) world.act();
      if (world.chance(3)) co_return value;
    } catch (const std::exception&) {
      if (world.chance(3)) throw;
    }
  }
  co_return world.anyResult();
}

void World::act() {
  if (ending_ || depth_ > 5) return;
  ++depth_;
  try {
    doSomething(random_() % 23);
  } catch (const AlreadyCalledError&) {
  } catch (const PoemError&) {
  }
  --depth_;
}

void World::doSomething(unsigned what) {
  std::shared_ptr<PromiseBox> promise = pick(promises_);
  std::shared_ptr<DeferredBox> deferred = pick(deferreds_);
  bool has = deferred && deferred->deferred && *deferred->deferred;
  if (what < 4) return makePromise();
  if (what < 6 && promise && promise->promise) return promise->promise->callback(anyResult());
  if (what == 6 && promise) return promise->promise.reset();
  if (what < 11 && has) return addStep(*deferred);
  if (what == 11 && has) return moveOn(*deferred);
  if (what == 12 && has) return deferred->deferred->cancel();
  if (what == 13 && has) return deferred->deferred.reset();
  if (what == 14 && has && options_.discards) return std::move(*deferred->deferred).discard();
  if (what == 15 && has) return cancelHandles_.push_back(deferred->deferred->cancelHandle());
  if (what == 16 && !cancelHandles_.empty()) {
    CancelHandle handle = cancelHandles_[random_() % cancelHandles_.size()];
    return handle.cancel();
  }
  if (what == 17 && has)
    return pauseHandles_.emplace_back(deferred->deferred->pauseHandle(), 0), void();
  if (what == 18) return pauseOrUnpause();
  if (what == 19) return startCoroutine();
  if (what == 20) return gather();
  if (what == 21 && has) {
    deferred->deferred->addTimeout(std::chrono::seconds(random_() % 20), clock_);
    clock_.advance(std::chrono::seconds(random_() % 5));
  }
  if (what == 22 && options_.discards) return beginItems();
}

void World::makePromise() {
  auto box = std::make_shared<PromiseBox>();
  if (chance(2)) {
    box->promise.emplace(CancelsSomehow(*this));
  } else {
    box->promise.emplace();
  }
  Deferred<Value> deferred = box->promise->deferred();
  allPromises_.push_back(box);
  promises_.push_back(std::move(box));
  keep(std::move(deferred));
}

RecordOf World::newRecord() {
  records_.push_back(std::make_shared<Record>());
  return records_.back();
}

void World::keep(Deferred<Value> deferred, RecordOf record) {
  auto box = std::make_shared<DeferredBox>();
  box->deferred = std::move(deferred);
  box->record = std::move(record);
  deferreds_.push_back(std::move(box));
}

void World::addStep(DeferredBox& box) {
  switch (random_() % 4) {
    case 0:
      box.deferred->addBoth(AnswersADeferred(*this, box.record));
      break;
    case 1:
      box.deferred->addBoth(IsACoroutine(*this, box.record));
      break;
    default:
      box.deferred->addBoth(AnswersAResult(*this, box.record));
  }
}

void World::moveOn(DeferredBox& box) {
  RecordOf record = box.record;
  Deferred<Value> deferred = std::move(*box.deferred);
  box.deferred.reset();
  if (!deferred) return;
  AnswersAResult step(*this, record);
  keep(std::move(deferred).addBoth(std::move(step)), record);
}

Belongings World::takeBelongings() {
  Belongings belongings;
  if (chance(3)) {
    if (auto promise = take(promises_)) belongings.promises.push_back(std::move(promise));
  }
  if (chance(5)) {
    if (auto deferred = take(deferreds_)) belongings.deferreds.push_back(std::move(deferred));
  }
  return belongings;
}

Deferred<Value> World::anyDeferred() {
  std::shared_ptr<DeferredBox> box = ending_ ? nullptr : take(deferreds_);
  if (box && box->deferred && *box->deferred) return std::move(*box->deferred);
  return chance(3) ? fail<Value>(PoemError("failed")) : succeed(Value(*this));
}

Result<Value> World::anyResult() {
  if (chance(4)) return Failure(PoemError("returned"));
  return Value(*this);
}

void World::startCoroutine() {
  Deferred<Value> first = anyDeferred(), second = anyDeferred();
  keep(awaitBoth(*this, Closure(*this), std::move(first), std::move(second)));
}

void World::gather() {
  std::vector<Deferred<Value>> inputs;
  for (int i = 0; i < 3; ++i) inputs.push_back(anyDeferred());
  auto all = gatherResults(std::move(inputs)).addCallback([](std::vector<Value> values) {
    return std::move(values.back());
  });
  gathered_.push_back(all.cancelHandle());
  keep(std::move(all));
}

// Where one fails, the others are discarded.
void World::beginItems() {
  auto last = [](auto values) { return std::get<2>(std::move(values)); };
  IsAnItem first(*this), third(*this);
  IsAnItemAndACoroutine second(*this);
  auto all = chance(2) ? sequentially(std::move(first), std::move(second), std::move(third))
                       : concurrently(std::move(first), std::move(second), anyDeferred());
  gathered_.push_back(all.cancelHandle());
  keep(std::move(all).addCallback(last));
}

void World::pauseOrUnpause() {
  if (pauseHandles_.empty()) return;
  std::size_t index = random_() % pauseHandles_.size();
  PauseHandle handle = pauseHandles_[index].first;
  if (pauseHandles_[index].second == 0) {
    ++pauseHandles_[index].second;
    handle.pause();
  } else {
    --pauseHandles_[index].second;
    handle.unpause();
  }
}

void World::end() {
  ending_ = true;
  for (auto& [handle, times] : pauseHandles_) {
    for (; times > 0; --times) handle.unpause();
  }
  auto promises = std::move(promises_);
  auto deferreds = std::move(deferreds_);
  promises.clear();
  deferreds.clear();
  for (auto& weak : allPromises_) {
    if (auto box = weak.lock()) box->promise.reset();
  }
  for (auto& handle : gathered_) handle.cancel();  // its inputs may wait for itself
}

/// COUPLET_MODEL_SEEDS=100000 in the environment looks further.
unsigned seeds() {
  const char* wanted = std::getenv("COUPLET_MODEL_SEEDS");
  return wanted ? static_cast<unsigned>(std::atoi(wanted)) : 300;
}

class DeferredModelTest : public ::testing::TestWithParam<Options> {
 protected:
  DeferredModelTest() : before_(setReportFunction([](const UnhandledFailure&) {})) {}
  ~DeferredModelTest() override { setReportFunction(before_); }

 private:
  ReportFunction before_;
};

TEST_P(DeferredModelTest, AnyProgramKeepsTheRules) {
  for (unsigned seed = 0; seed < seeds() && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World(seed, GetParam()).run(300);
  }
}

INSTANTIATE_TEST_SUITE_P(Programs, DeferredModelTest,
                         ::testing::Values(Options{false, false}, Options{true, false},
                                           Options{true, true}));

}  // namespace
}  // namespace couplet
