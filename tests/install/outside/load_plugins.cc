// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// While a chain of the first plugin runs, the second one drops a Promise: its callbacks must wait
// for that chain, of which the second plugin knows by what Couplet keeps for the thread.
#include <dlfcn.h>

#include <cstdio>
#include <string>

#include "plugin.h"

namespace {

void* find(const char* library, const char* name) {
  void* plugin = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  void* found = plugin ? dlsym(plugin, name) : nullptr;
  if (!found) std::fprintf(stderr, "%s\n", dlerror());
  return found;
}

}  // namespace

int main(int, char** arguments) {
  auto run = reinterpret_cast<Run>(find(arguments[1], "run"));
  auto drop = reinterpret_cast<Drop>(find(arguments[2], "drop"));
  if (!run || !drop) return 2;
  std::string said;
  run(drop, said);
  std::puts(said.c_str());
  return said == "dropped;over;abandoned;" ? 0 : 1;
}
