// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Those that make one Deferred of several.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/concurrently.h>
#include <couplet/deferred/deferred.h>
#include <couplet/deferred/deferred_list.h>
#include <couplet/deferred/gather_results.h>
#include <couplet/deferred/race.h>
#include <couplet/deferred/sequentially.h>

#include "tests/deferred/support/leak_test.h"

namespace couplet::testing {
namespace {

/// What `combine` makes of pieces of work, the first of which may have ended already.
class Combined : public SituationOfWork {
 public:
  using Combine = Deferred<void> (*)(Combined&);

  explicit Combined(Combine combine) : combine_(combine) {}
  Deferred<void> begin() override { return combine_(*this); }

  using SituationOfWork::taken;

  /// Three pieces, of which `ended` have ended.
  std::vector<Deferred<Counted>> pieces(int ended = 0) {
    std::vector<Deferred<Counted>> all;
    for (int i = 0; i < 3; ++i) {
      all.push_back(work());
      if (i + 1 == ended) finish();
    }
    return all;
  }
  /// A function that begins a piece when it is called.
  auto laterPiece() {
    return [this, counted = Counted(alive)] { return work(); };
  }
  auto laterPieces() {
    std::vector<decltype(laterPiece())> all;
    for (int i = 0; i < 3; ++i) all.push_back(laterPiece());
    return all;
  }

 private:
  Combine combine_;
};

LeakCase combined(std::string name, Combined::Combine combine) {
  return {std::move(name), [combine] { return std::make_unique<Combined>(combine); }};
}

INSTANTIATE_TEST_SUITE_P(
    GatherResults, LeakTest,
    ::testing::Values(
        combined("OfAVector",
                 [](Combined& of) { return gatherResults(of.pieces()).addBoth(of.taken()); }),
        combined("OfAVectorWithValues",
                 [](Combined& of) { return gatherResults(of.pieces(2)).addBoth(of.taken()); }),
        combined("OfATuple",
                 [](Combined& of) {
                   return gatherResults(of.work(), of.work()).addBoth(of.taken());
                 }),
        combined("OfATupleWithAValue",
                 [](Combined& of) {
                   return gatherResults(succeed(Counted(of.alive)), of.work()).addBoth(of.taken());
                 })),
    nameOfLeakCase);

INSTANTIATE_TEST_SUITE_P(
    DeferredList, LeakTest,
    ::testing::Values(
        combined("OfAVector",
                 [](Combined& of) { return DeferredList(of.pieces(2)).addBoth(of.taken()); }),
        combined("OfATuple",
                 [](Combined& of) {
                   return DeferredList(of.work(), of.work()).addBoth(of.taken());
                 }),
        combined("FireOnOneCallback",
                 [](Combined& of) {
                   return DeferredList(of.pieces(), fireOnOneCallback).addBoth(of.taken());
                 }),
        combined("FireOnOneErrback",
                 [](Combined& of) {
                   return DeferredList(of.pieces(2), fireOnOneErrback).addBoth(of.taken());
                 }),
        combined("FireOnEither",
                 [](Combined& of) {
                   return DeferredList(of.pieces(), fireOnOneCallback, fireOnOneErrback)
                       .addBoth(of.taken());
                 })),
    nameOfLeakCase);

INSTANTIATE_TEST_SUITE_P(
    Race, LeakTest,
    ::testing::Values(
        combined("OfAVector", [](Combined& of) { return race(of.pieces()).addBoth(of.taken()); }),
        combined("OfATuple",
                 [](Combined& of) { return race(of.work(), of.work()).addBoth(of.taken()); })),
    nameOfLeakCase);

INSTANTIATE_TEST_SUITE_P(
    Concurrently, LeakTest,
    ::testing::Values(
        combined("OfDeferreds",
                 [](Combined& of) { return concurrently(of.pieces(2)).addBoth(of.taken()); }),
        combined("OfFunctions",
                 [](Combined& of) {
                   return concurrently(of.laterPiece(), of.laterPiece()).addBoth(of.taken());
                 }),
        combined("OfAVectorOfFunctions",
                 [](Combined& of) { return concurrently(of.laterPieces()).addBoth(of.taken()); })),
    nameOfLeakCase);

INSTANTIATE_TEST_SUITE_P(
    Sequentially, LeakTest,
    ::testing::Values(
        combined("OfFunctions",
                 [](Combined& of) {
                   return sequentially(of.laterPiece(), of.laterPiece()).addBoth(of.taken());
                 }),
        combined("OfAVectorOfFunctions",
                 [](Combined& of) { return sequentially(of.laterPieces()).addBoth(of.taken()); })),
    nameOfLeakCase);

INSTANTIATE_TEST_SUITE_P(
    Nested, LeakTest,
    ::testing::Values(combined("RaceOfGathered",
                               [](Combined& of) {
                                 return race(gatherResults(of.pieces()), DeferredList(of.pieces()))
                                     .addBoth(of.taken());
                               }),
                      combined("InnerOfAnInner",
                               [](Combined& of) {
                                 return succeed()
                                     .addCallback([&of, counted = Counted(of.alive)] {
                                       return succeed().addCallback(of.laterPiece());
                                     })
                                     .addBoth(of.taken());
                               })),
    nameOfLeakCase);

/// Seen from the first Deferred, which fires the second one's Promise.
class Chained : public SituationOfWork {
 public:
  Deferred<void> begin() override {
    Promise<Counted> second([counted = Counted(alive)] {});
    second.deferred().addBoth(taken());
    return work().chainDeferred(std::move(second)).addBoth(taken());
  }
};

/// Seen from the second one. Cancelling it leaves the first, which goes on.
class ChainedTo : public SituationOfWork {
 public:
  Deferred<void> begin() override {
    Promise<Counted> second;
    Deferred<void> whole = second.deferred().addBoth(taken());
    work().chainDeferred(std::move(second)).addBoth(taken());
    return whole;
  }
  void letGo() override { finish(); }
};

INSTANTIATE_TEST_SUITE_P(ChainDeferred, LeakTest,
                         ::testing::Values(leakCase<Chained>("First"),
                                           leakCase<ChainedTo>("Second")),
                         nameOfLeakCase);

}  // namespace
}  // namespace couplet::testing
