// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. A program's main function in its reactor.
#pragma once

#include <optional>
#include <string>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/result.h>
#include <couplet/protocols/program/program.h>
#include <couplet/reactor/libevent_reactor.h>

namespace couplet::detail {

class ProgramRun {
 public:
  /// `main` must outlive it.
  ProgramRun(std::string name, Arguments arguments, ProgramMain& main,
             const ReactorOptions& options)
      : reactor_(options), program_(std::move(name), reactor_, std::move(arguments)), main_(main) {}
  ~ProgramRun();
  ProgramRun(const ProgramRun&) = delete;
  ProgramRun& operator=(const ProgramRun&) = delete;

  /// Until there is a result, or it is stopped. Prints the result and returns the status; throws
  /// what `main` failed with.
  int run(bool asJSON);

 private:
  void begin(bool asJSON);
  void ended(Result<ProgramResult> result);

  LibeventReactor reactor_;
  Program program_;
  ProgramMain& main_;
  Deferred<void> work_;  // `main`, and what comes after it
  std::optional<Result<ProgramResult>> result_;
};

}  // namespace couplet::detail
