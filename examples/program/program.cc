// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "program.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <exception>
#include <iostream>
#include <system_error>

#include <glog/logging.h>
#include <glog/vlog_is_on.h>

#include "flags.h"
#include "printable.h"

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
  std::cerr << program + ": " + printable(reason) + "\n";
  return status;
}

/// Where one of the standard descriptors is missing, nothing else may come by its number: what is
/// meant for standard error would go there. The wrong way round: to use it fails, as before.
void holdStandardDescriptors() {
  constexpr int kWrongWay[] = {O_WRONLY, O_RDONLY, O_RDONLY};
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    if (fcntl(descriptor, F_GETFD) == -1) open("/dev/null", kWrongWay[descriptor]);
  }
}

/// Sends off what was printed. Otherwise says why not, where it is not too late to know.
void flushOutput() {
  errno = 0;
  if (std::cout.flush()) return;
  const std::string reason = errno == 0 ? "" : ": " + std::generic_category().message(errno);
  throw ProgramError(kFailure, "Cannot write to standard output" + reason + ".");
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
  holdStandardDescriptors();
  std::signal(SIGPIPE, SIG_IGN);
  FLAGS_logtostderr = true;
  const std::string program = nameOf(argv[0]);
  try {
    const int status = runBody(argc, argv, usage, body);
    flushOutput();
    return status;
  } catch (const ProgramError& error) {
    return complain(program, error.what(), error.status());
  } catch (const std::exception& error) {
    return complain(program, error.what(), kFailure);
  }
}

}  // namespace examples
