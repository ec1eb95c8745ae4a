// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// For tests: the errors that were logged, so that none goes unseen.
#pragma once

#include <couplet/reactor/testing/logged_errors.h>

namespace couplet {

using testing::LoggedErrors;

}  // namespace couplet
