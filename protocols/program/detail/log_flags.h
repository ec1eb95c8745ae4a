// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The log of a program, as its flags have it.
#pragma once

namespace couplet::detail {

/// Begins glog, once: to standard error unless its flags say otherwise, from warnings on, or from
/// verbose lines on with `--v` or `--vmodule`. `program` (argv[0]) must stay as it is.
void startLog(const char* program);

}  // namespace couplet::detail
