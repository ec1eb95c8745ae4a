// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Only compiled, by `benchmarks/run compile`, and timed.
#include <couplet/deferred/deferred.h>
#include <couplet/protocols/netstring.h>
#include <couplet/reactor/reactor.h>

int main() {}
