// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The main() of the tests that have a reactor: a test that logs an unexpected error fails.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/reactor/testing/gtest_unexpected_errors.h>

int main(int argc, char** argv) {
  ::testing::InitGoogleMock(&argc, argv);
  couplet::testing::UnexpectedErrors::watch();
  return RUN_ALL_TESTS();
}
