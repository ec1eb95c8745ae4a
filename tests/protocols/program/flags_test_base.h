// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// For tests: command lines that are refused.
#pragma once

#include <functional>
#include <string>

#include <gtest/gtest.h>

#include <couplet/protocols/program/errors.h>

namespace couplet {

/// What the UsageError says that `call` throws; empty where it throws none.
inline std::string complaintOf(const std::function<void()>& call) {
  try {
    call();
    return "";
  } catch (const UsageError& error) {
    EXPECT_EQ(error.status(), 2);
    return error.what();
  }
}

}  // namespace couplet
