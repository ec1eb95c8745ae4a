// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// Before the functions of docs/guide/http-client.md.
#pragma once

#include <istream>
#include <ostream>
#include <string>

#include <couplet/protocols/http/agent.h>

using namespace couplet;
