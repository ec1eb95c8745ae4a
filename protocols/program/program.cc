// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/program/program.h>

#include <csignal>
#include <iostream>
#include <stdexcept>

#include <couplet/protocols/message/ack.h>
#include <couplet/protocols/program/detail/command_line.h>
#include <couplet/protocols/program/detail/log_flags.h>
#include <couplet/protocols/program/detail/member_flags.h>
#include <couplet/protocols/program/detail/program_run.h>
#include <couplet/protocols/program/detail/registry_flags.h>
#include <couplet/protocols/program/detail/reserved_flags.h>
#include <couplet/protocols/program/detail/settings_file.h>
#include <couplet/protocols/program/detail/standard_streams.h>
#include <couplet/protocols/program/detail/verdict.h>

namespace couplet::detail {

namespace {

/// From the command line to the status.
class SettingsProgram {
 public:
  SettingsProgram(std::string name, const AnySettings& settings, const ProgramOptions& options)
      : name_(std::move(name)), settings_(settings), options_(options), members_(settings.type) {}

  int run(int argc, char** argv, ProgramMain& main);

 private:
  std::string helpText() const;
  void requireFlagsApart() const;
  void changeSettings(const SettingsFile& file) const;
  std::string usualFile() const { return usualSettingsFile(name_); }

  std::string name_;
  AnySettings settings_;
  const ProgramOptions& options_;
  ReservedFlags reserved_;
  MemberFlags members_;
  RegistryFlags registry_;
};

/// A setting must not hide `--v`.
void SettingsProgram::requireFlagsApart() const {
  for (std::size_t i = 0; i < settings_.type.count; ++i) {
    const std::string name(settings_.type.members[i].name);
    if (registry_.find(name) == FlagSet::Takes::kNoSuchFlag) continue;
    throw std::logic_error("the setting \"" + name + "\" has the name of a flag of gflags or glog");
  }
}

std::string SettingsProgram::helpText() const {
  const std::string arguments = options_.arguments.empty() ? "" : " " + options_.arguments;
  const std::string description = options_.description.empty() ? "" : options_.description + "\n";
  return "Usage: " + name_ + " [FLAG]..." + arguments + "\n" + description +
         "Settings, each with what it is unless stored or given:\n" +
         describeMembers(settings_.type, settings_.value) + "Flags:\n" +
         describeReservedFlags(usualFile()) + describeRegistryFlags() +
         "  --v=0\n      1: log connections and requests to standard error\n";
}

/// To what is stored, in the way that the flags say.
void SettingsProgram::changeSettings(const SettingsFile& file) const {
  if (reserved_.factoryReset && !reserved_.storeSettings) file.remove();
  if (reserved_.dumpSettings) std::cout << settingsJSON(settings_) << "\n";
  if (reserved_.storeSettings) file.store(settings_);
  if (reserved_.dumpSettings && !reserved_.storeSettings) return;
  std::cout << resultText(Ack(), reserved_.pureObject) << "\n";
}

int SettingsProgram::run(int argc, char** argv, ProgramMain& main) {
  requireFlagsApart();
  FlagSet* const sets[] = {&reserved_, &members_, &registry_};
  auto arguments = parseCommandLine({argv + (argc > 0), argv + argc}, sets);
  if (!arguments) {
    std::cout << helpText();
    return kSuccess;
  }
  if (options_.arguments.empty() && !arguments->empty()) {
    throw UsageError("Not a flag: " + arguments->front());
  }
  startLog(argc > 0 ? argv[0] : "program");
  const SettingsFile file(reserved_.settingsFile.empty() ? usualFile() : reserved_.settingsFile);
  if (!reserved_.factoryReset) file.load(settings_);
  members_.apply(settings_.value);
  if (reserved_.onlySettings()) {
    changeSettings(file);
    return kSuccess;
  }
  const ReactorOptions reactor{.stallLimit = reserved_.stallLimit};
  return ProgramRun(name_, std::move(*arguments), main, reactor).run(reserved_.pureObject);
}

}  // namespace

int runProgram(int argc, char** argv, const MessageType& type, void* settings,
               const ProgramOptions& options, ProgramMain main) {
  holdStandardDescriptors();
  std::signal(SIGPIPE, SIG_IGN);
  const std::string name = programName(argc, argv);
  return guarded(name, verdictOf, [&] {
    return SettingsProgram(name, {type, settings}, options).run(argc, argv, main);
  });
}

}  // namespace couplet::detail
