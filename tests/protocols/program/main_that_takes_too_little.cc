// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A main function that takes the settings only.
#include <couplet/protocols/program/program.h>

using namespace couplet;

struct Settings {
  int value = 0;
  static constexpr auto kMessage = message("sample.Settings", member("value", &Settings::value));
};

#ifdef COUPLET_WRITE_IT_RIGHT
Settings settingsOf(Program&, const Settings& settings) { return settings; }
#else
Settings settingsOf(const Settings& settings) { return settings; }
#endif

int main(int argc, char** argv) { return runProgram(argc, argv, Settings(), settingsOf); }
