// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What couplet_headers.cc is timed against.
#include <chrono>
#include <functional>
#include <memory>
#include <string>

int main() {}
