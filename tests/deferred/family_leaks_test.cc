// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// However a member of the Deferred family ends, all that it kept ends with it: while its Deferred
// still lives, where there is one. What the members are is in family_leaks_*_test.cc.
#include <utility>

#include <gtest/gtest.h>

#include <couplet/deferred/testing/results.h>

#include "tests/deferred/support/leak_test.h"

namespace couplet::testing {

TEST_P(LeakTest, Finished) {
  auto whole = begin();
  situation->finish();
  expectNothingLeft();
  successResultOf(whole);
}

// Deferred 136: Cancelled while it is under way.
TEST_P(LeakTest, Cancelled) {
  auto whole = begin();
  situation->cancel(whole);
  expectNothingLeft();
  successResultOf(whole);
}

// Deferred 136, 201: Dropped, it goes on to its end.
TEST_P(LeakTest, Dropped) {
  begin();
  EXPECT_GT(situation->alive, 0);
  situation->finish();
  expectNothingLeft();
}

// Deferred 200: Abandoned by who could fire it, it fails.
TEST_P(LeakTest, Abandoned) {
  auto whole = begin();
  situation->abandon();
  expectNothingLeft();
  successResultOf(whole);
}

// Deferred 136, 200, 201: Dropped by its consumer and abandoned by who could fire it.
TEST_P(LeakTest, DroppedAndAbandoned) {
  begin();
  situation->abandon();
  expectNothingLeft();
}

// Deferred 209: Discarded, it is gone.
TEST_P(LeakTest, Discarded) {
  situation->discard(begin());
  expectNothingLeft();
}

// Deferred 136, 201: Cancelled after it was dropped.
TEST_P(LeakTest, DroppedAndCancelled) {
  Deferred<void> whole = begin();
  const CancelHandle handle = whole.cancelHandle();
  whole = Deferred<void>();
  handle.cancel();
  situation->finish();
  expectNothingLeft();
}

}  // namespace couplet::testing
