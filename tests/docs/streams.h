// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// Around the listings of docs/guide/streams.md.
#pragma once

#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/line.h>
#include <couplet/protocols/stream.h>
#include <couplet/reactor/testing/memory_reactor.h>

using namespace couplet;
using namespace couplet::testing;
using namespace std::chrono_literals;

Deferred<void> converse(Stream stream);
Deferred<void> shout(Stream stream);
