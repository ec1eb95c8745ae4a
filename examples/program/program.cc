// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "program.h"

#include <csignal>
#include <exception>
#include <iostream>

#include <glog/logging.h>
#include <glog/vlog_is_on.h>

#include "flags.h"

namespace examples {

namespace {

std::string nameOf(const char* path) {
  std::string name = path;
  return name.substr(name.find_last_of('/') + 1);
}

void startLog(const char* program) {
  if (FLAGS_v == 0 && FLAGS_minloglevel == google::GLOG_INFO)
    FLAGS_minloglevel = google::GLOG_WARNING;
  google::InitGoogleLogging(program);
}

int complain(const std::string& program, const std::string& reason, int status) {
  std::cerr << program + ": " + reason + "\n";
  return status;
}

int runBody(int argc, char** argv, const Usage& usage,
            const std::function<int(const Arguments&)>& body) {
  auto arguments = setFlags({argv + 1, argv + argc});
  if (!arguments) {
    std::cout << usageText(nameOf(argv[0]), usage);
    return kSuccess;
  }
  startLog(argv[0]);
  return body(*arguments);
}

}  // namespace

ProgramError::ProgramError(int status, const std::string& reason)
    : std::runtime_error(reason), status_(status) {}

UsageError::UsageError(const std::string& reason) : ProgramError(kBadUsage, reason) {}

std::string usageText(const std::string& program, const Usage& usage) {
  return "Usage: " + program + " " + usage.synopsis + "\n" + usage.description +
         "\nFlags, each with what it is unless given:\n" + describeFlags() +
         "  --v=0\n      1: log what happens to standard error\n";
}

int runProgram(int argc, char** argv, const Usage& usage,
               const std::function<int(const Arguments&)>& body) {
  std::signal(SIGPIPE, SIG_IGN);
  FLAGS_logtostderr = true;
  const std::string program = nameOf(argv[0]);
  try {
    int status = runBody(argc, argv, usage, body);
    if (!std::cout.flush()) return complain(program, "Cannot write to standard output.", kFailure);
    return status;
  } catch (const ProgramError& error) {
    return complain(program, error.what(), error.status());
  } catch (const std::exception& error) {
    return complain(program, error.what(), kFailure);
  }
}

}  // namespace examples
