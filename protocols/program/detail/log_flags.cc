// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/program/detail/log_flags.h>

#include <glog/logging.h>
#include <glog/vlog_is_on.h>

#include <couplet/protocols/program/detail/registry_flags.h>

namespace couplet::detail {

void startLog(const char* program) {
  if (isUnset("logtostderr") && isUnset("log_dir")) FLAGS_logtostderr = true;
  const bool isVerbose = FLAGS_v > 0 || !FLAGS_vmodule.empty();
  if (!isVerbose && isUnset("minloglevel")) FLAGS_minloglevel = google::GLOG_WARNING;
  if (!google::IsGoogleLoggingInitialized()) google::InitGoogleLogging(program);
}

}  // namespace couplet::detail
