// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#pragma once

#include <string>

/// What a plugin has, by the name `run`: runs a chain, in whose callback it calls `inside`, if that
/// is given, and then notes in `said` what happens to a Promise that it drops.
using Run = void (*)(void (*inside)(std::string& said), std::string& said);

/// By the name `drop`: drops a Promise and notes it.
using Drop = void (*)(std::string& said);
