// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/errors.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include <couplet/deferred/printable.h>

namespace couplet {

namespace {

template <class... Parts>
std::string textOf(const Parts&... parts) {
  std::ostringstream out;
  (out << ... << parts);
  return out.str();
}

/// With quotes, after a blank; nothing for none.
std::string named(std::string_view name) {
  return name.empty() ? "" : textOf(" \"", printable(name, 200), '"');
}

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

AlreadyCalledError::AlreadyCalledError(SourceLocation made, std::string_view name,
                                       SourceLocation firstFired, SourceLocation firedAgain)
    : std::logic_error(textOf("the Deferred", named(name), " made at ", made,
                              " was already fired at ", firstFired, ", and is fired again at ",
                              firedAgain)) {}

CancelledError::CancelledError() : std::runtime_error("the Deferred was cancelled") {}

CancelledError::CancelledError(std::string waitingFor)
    : std::runtime_error(textOf("the Deferred was cancelled, waiting for ", waitingFor)),
      waitingFor_(std::move(waitingFor)) {}

TimeoutError::TimeoutError(std::chrono::nanoseconds timeout, std::string_view what)
    : std::runtime_error(textOf(what, " timed out after ", seconds(timeout), " s")),
      timeout_(timeout) {}

AbandonedError::AbandonedError(SourceLocation made, std::string_view name)
    : std::runtime_error(textOf("the Promise", named(name), " made at ", made,
                                " was destroyed before it was fired")) {}

DeferredCycleError::DeferredCycleError(SourceLocation made, std::string_view name)
    : std::logic_error(
          textOf("the Deferred", named(name), " made at ", made, " would wait on itself")) {}

FirstError::FirstError(std::size_t index, Failure subFailure)
    : std::runtime_error(textOf("input ", index, " failed: ", subFailure)),
      index_(index),
      subFailure_(std::move(subFailure)) {}

bool FirstError::operator==(const FirstError& other) const noexcept {
  return index_ == other.index_ && subFailure_ == other.subFailure_;
}

namespace {

/// Of so many failures at most the text is given.
constexpr std::size_t kToldOfGroup = 8;

std::string textOfGroup(const std::vector<Failure>& failures) {
  if (failures.empty()) return "there was nothing to race";
  std::ostringstream out;
  out << failures.size() << " of " << failures.size() << " failed: ";
  for (std::size_t i = 0; i < std::min(failures.size(), kToldOfGroup); ++i) {
    out << (i > 0 ? "; " : "") << failures[i];
  }
  if (failures.size() > kToldOfGroup) out << "; ...";
  return out.str();
}

}  // namespace

FailureGroup::FailureGroup(std::vector<Failure> failures)
    : std::runtime_error(textOfGroup(failures)),
      failures_(std::make_shared<const std::vector<Failure>>(std::move(failures))) {}

QueueOverflow::QueueOverflow()
    : std::runtime_error("the DeferredQueue keeps as many items as it may") {}

QueueUnderflow::QueueUnderflow()
    : std::runtime_error("as many wait for the DeferredQueue as may") {}

ItemError::ItemError(std::size_t index, std::size_t count, Failure subFailure)
    : std::runtime_error(textOf("item ", index + 1, " of ", count, ": ", subFailure)),
      index_(index),
      count_(count),
      subFailure_(std::move(subFailure)) {}

}  // namespace couplet
