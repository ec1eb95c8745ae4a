// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/fault.h>

#include <new>

namespace couplet {

Fault::~Fault() = default;

const char* Fault::what() const noexcept {
  if (explanation.empty()) return condition.c_str();
  try {
    std::string text = condition + " (" + explanation + ")";
    if (text != what_) what_ = std::move(text);  // what an earlier call gave stays where it is
    return what_.c_str();
  } catch (const std::bad_alloc&) {
    return condition.c_str();
  }
}

std::string_view Fault::name() const noexcept { return messageType().name; }

int Fault::exitStatus() const noexcept {
  constexpr int kLargest = 255;  // of a process
  return exitCode > 0 && exitCode <= kLargest ? exitCode : kExitCode;
}

}  // namespace couplet
