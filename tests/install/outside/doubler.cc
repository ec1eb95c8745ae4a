// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A whole program with a setting: prints twice its value.
#include <couplet/protocols/message/message.h>
#include <couplet/protocols/program/program.h>

namespace {

struct Settings {
  double value = 21;
  static constexpr auto kMessage =
      couplet::message("doubler.Settings", couplet::member("value", &Settings::value));
};

struct Output {
  double value = 0;
  static constexpr auto kMessage =
      couplet::message("doubler.Output", couplet::member("value", &Output::value));
};

}  // namespace

int main(int argc, char** argv) {
  return couplet::runProgram(
      argc, argv, Settings(),
      [](couplet::Program&, const Settings& settings) { return Output{2 * settings.value}; });
}
