// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/program/detail/program_run.h>

#include <iostream>
#include <utility>

#include <couplet/protocols/message/faults.h>

namespace couplet::detail {

ProgramRun::~ProgramRun() {
  if (work_) std::move(work_).discard();
}

int ProgramRun::run(bool asJSON) {
  reactor_.callWhenRunning([this, asJSON] { begin(asJSON); });
  reactor_.run();
  if (work_) std::move(work_).discard();
  if (reactor_.exitSignal() != 0) throw Aborted();
  if (!result_) return kSuccess;
  if (!result_->hasValue()) result_->failure().raise();
  const ProgramResult& text = result_->value();
  if (text && !text->empty()) std::cout << *text << "\n";
  return kSuccess;
}

void ProgramRun::begin(bool asJSON) {
  work_ = main_(program_, asJSON)
              .addBoth([this](Result<ProgramResult> result) { ended(std::move(result)); })
              .named("main");
}

void ProgramRun::ended(Result<ProgramResult> result) {
  const bool runsOn = result.hasValue() && !result.value();
  if (runsOn) return;
  result_ = std::move(result);
  if (!reactor_.stopping()) reactor_.stop();
}

}  // namespace couplet::detail
