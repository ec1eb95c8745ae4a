// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What becomes of all that a member of the Deferred family keeps, however it ends: the tests of
// family_leaks_test.cc, for each Situation that another file adds with
//
//     INSTANTIATE_TEST_SUITE_P(Locks, LeakTest, ::testing::Values(...), nameOfLeakCase);
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <couplet/deferred/deferred.h>

#include "tests/deferred/support/lives.h"
#include "tests/deferred/support/reporting_test.h"

namespace couplet::testing {

/// One use of the family, whose closures, values and coroutines keep a Counted each.
class Situation {
 public:
  virtual ~Situation() = default;

  /// Begins it. Its end, good or bad, fires what this gives.
  virtual Deferred<void> begin() = 0;
  /// Brings it to its good end.
  virtual void finish() = 0;
  /// Destroys all that could do so.
  virtual void abandon() = 0;

  virtual void cancel(Deferred<void>& whole) { whole.cancel(); }
  virtual void discard(Deferred<void> whole) { std::move(whole).discard(); }
  /// After the end: destroys what keeps a closure for the next time.
  virtual void letGo() {}

  int alive = 0;  // before all that is counted

 protected:
  /// For the end of a chain: takes what comes of it.
  auto taken() {
    return [counted = Counted(alive)](auto&&...) {};
  }
};

/// A Situation that waits for Promises.
class SituationOfWork : public Situation {
 public:
  /// A coroutine that waits for the next Promise, which has a canceller.
  Deferred<Counted> work() {
    Promise<void>& fires = promises_.emplace_back([counted = Counted(alive)] {});
    return afterwards(fires.deferred().addCallback([counted = Counted(alive)] {}), Counted(alive));
  }

  // By index: one that fires may begin the next.
  void finish() override {
    for (std::size_t i = 0; i < promises_.size(); ++i) {
      if (promises_[i].pending()) promises_[i].callback();
    }
  }
  void abandon() override { std::exchange(promises_, {}).clear(); }

 private:
  static Deferred<Counted> afterwards(Deferred<void> fired, Counted counted) {
    co_await std::move(fired);
    co_return counted;
  }

  std::deque<Promise<void>> promises_;
};

struct LeakCase {
  std::string name;
  std::function<std::unique_ptr<Situation>()> make;

  friend std::ostream& operator<<(std::ostream& out, const LeakCase& self) {
    return out << self.name;
  }
};

template <class S>
LeakCase leakCase(std::string name) {
  return {std::move(name), [] { return std::make_unique<S>(); }};
}

inline std::string nameOfLeakCase(const ::testing::TestParamInfo<LeakCase>& info) {
  return info.param.name;
}

class LeakTest : public ReportingTest, public ::testing::WithParamInterface<LeakCase> {
 protected:
  /// It is under way, and keeps something.
  Deferred<void> begin() {
    Deferred<void> whole = situation->begin();
    EXPECT_FALSE(whole.readyValue());
    EXPECT_GT(situation->alive, 0);
    return whole;
  }
  void expectNothingLeft() {
    situation->letGo();
    EXPECT_EQ(situation->alive, 0);
  }

  std::unique_ptr<Situation> situation = GetParam().make();
};

}  // namespace couplet::testing
