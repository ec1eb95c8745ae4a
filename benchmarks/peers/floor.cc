// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The floor of netstrings: it parses them as the other peers do.
#include "benchmarks/peers/floor.h"

#include "benchmarks/peers/netstring_echo.h"

int main() { peers::Floor<peers::NetstringEcho>("netstrings").run(); }
