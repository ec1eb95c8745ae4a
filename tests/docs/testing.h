// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// Around the listings of docs/guide/testing.md, which are tests or parts of one.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/testing/fake_clock.h>
#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/netstring.h>
#include <couplet/protocols/testing/every_cut.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/testing/accumulating_protocol.h>
#include <couplet/reactor/testing/driven_thread_pool.h>
#include <couplet/reactor/testing/gtest_unexpected_errors.h>
#include <couplet/reactor/testing/memory_reactor.h>
#include <couplet/reactor/testing/pump.h>
#include <couplet/reactor/testing/string_transport.h>
#include <couplet/reactor/threads.h>

using namespace couplet;
using namespace couplet::testing;
using namespace std::chrono_literals;

struct Echo : Protocol {
  void dataReceived(std::string_view bytes) override { transport().write(bytes); }
};

struct Recorder : NetstringReceiver {
  void stringReceived(std::string_view string) override { heard.emplace_back(string); }
  std::vector<std::string> heard;
};

/// Fetches a poem: all that the server sends until it closes.
Deferred<std::string> getPoem(Reactor& reactor, const std::string& host, int port);

/// Serves poems until the reactor stops.
void servePoems(Reactor& reactor, int port, std::string poem);

// BLOCK
