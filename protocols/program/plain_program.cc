// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/program/plain_program.h>

#include <csignal>
#include <iostream>

#include <couplet/deferred/failure.h>
#include <couplet/protocols/program/detail/command_line.h>
#include <couplet/protocols/program/detail/log_flags.h>
#include <couplet/protocols/program/detail/registry_flags.h>
#include <couplet/protocols/program/detail/standard_streams.h>
#include <couplet/protocols/program/detail/verdict.h>

namespace couplet {

namespace {

detail::Verdict verdictOf(const Failure& failure) {
  if (failure.check<ProgramError>()) return detail::verdictOf(failure);
  return {failure.message(), kFailure};
}

}  // namespace

std::string usageText(const std::string& program, const Usage& usage) {
  return "Usage: " + program + " " + usage.synopsis + "\n" + usage.description +
         "\nFlags, each with what it is unless given:\n" + detail::describeRegistryFlags() +
         "  --v=0\n      1: log what happens to standard error\n";
}

int runProgram(int argc, char** argv, const Usage& usage,
               const std::function<int(const Arguments&)>& body) {
  detail::holdStandardDescriptors();
  std::signal(SIGPIPE, SIG_IGN);
  const std::string program = detail::programName(argc, argv);
  return detail::guarded(program, verdictOf, [&] {
    detail::RegistryFlags flags;
    detail::FlagSet* const sets[] = {&flags};
    const auto arguments = detail::parseCommandLine({argv + (argc > 0), argv + argc}, sets);
    if (!arguments) {
      std::cout << usageText(program, usage);
      return kSuccess;
    }
    detail::startLog(argc > 0 ? argv[0] : "program");
    return body(*arguments);
  });
}

}  // namespace couplet
