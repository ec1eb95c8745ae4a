// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// Around the README's coroutine.
#pragma once

#include <iostream>
#include <string>

#include <couplet/deferred/deferred.h>

using namespace couplet;

struct TransformProxy {
  Deferred<std::string> transform(std::string name, std::string poem);
};

Deferred<std::string> getPoem(const std::string& host, int port);

// BLOCK
