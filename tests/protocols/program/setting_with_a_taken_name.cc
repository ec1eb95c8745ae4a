// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A setting with the name of a flag that every program has.
#include <couplet/protocols/program/program.h>

using namespace couplet;

struct Settings {
  int file = 0;
#ifdef COUPLET_WRITE_IT_RIGHT
  static constexpr auto kMessage = message("sample.Settings", member("file", &Settings::file));
#else
  static constexpr auto kMessage =
      message("sample.Settings", member("settings_file", &Settings::file));
#endif
};

int main(int argc, char** argv) {
  return runProgram(argc, argv, Settings(), [](Program&, const Settings&) {});
}
