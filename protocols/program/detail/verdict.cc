// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/program/detail/verdict.h>

#include <iostream>

#include <couplet/deferred/errors.h>
#include <couplet/deferred/printable.h>
#include <couplet/protocols/message/faults.h>
#include <couplet/reactor/errors.h>

namespace couplet::detail {

namespace {

static_assert(kFaulted == Fault::kExitCode);

Verdict verdictOf(const Fault& fault) { return {fault.what(), fault.exitStatus()}; }

}  // namespace

Verdict verdictOf(const Failure& failure) {
  if (const auto* item = failure.get<ItemError>()) {
    return {item->what(), verdictOf(item->subFailure()).status};
  }
  if (const auto* error = failure.get<ProgramError>()) return {error->what(), error->status()};
  if (const auto* fault = failure.get<Fault>()) return verdictOf(*fault);
  if (const auto* error = failure.get<CannotListenError>()) {
    return verdictOf(NotListening(error->address().toString(), error->errorNumber()));
  }
  if (const auto* error = failure.get<ConnectError>(); error && error->errorNumber() != 0) {
    return {error->what(), error->errorNumber()};
  }
  return {failure.message(), kFaulted};
}

int complain(const std::string& program, const Verdict& verdict) {
  std::cerr << program + ": " + printable(verdict.reason) + "\n";
  return verdict.status;
}

std::string programName(int argc, char** argv) {
  const std::string path = argc > 0 ? argv[0] : "";
  return path.empty() ? "program" : path.substr(path.rfind('/') + 1);
}

}  // namespace couplet::detail
