// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// One Stream on a MemoryReactor, and the test in the part of its peer.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/stream.h>
#include <couplet/reactor/testing/gtest_unexpected_errors.h>
#include <couplet/reactor/testing/memory_reactor.h>

namespace couplet {

using namespace std::chrono_literals;

/// What `read` gives at the end of input.
inline constexpr std::nullopt_t kEnd = std::nullopt;

class StreamTest : public ::testing::Test {
 protected:
  explicit StreamTest(testing::MemoryReactorOptions options = {}) : reactor(options) {
    auto accepted = listener.accept();
    reactor.flush();
    stream = testing::successResultOf(accepted);
  }

  /// The peer writes, and the stream's end of the connection hears it.
  void receive(std::string_view bytes) {
    peer.write(bytes);
    reactor.flush();
  }
  void endInput() {
    peer.loseWriteConnection();
    reactor.flush();
  }
  void resetByPeer() {
    peer.abortConnection();
    reactor.flush();
  }

  /// More bytes than a write sends without waiting, when the peer does not read.
  static std::string moreThanIsTaken() { return std::string(200'000, 'x'); }

  /// The value of a read, or of a wait for another, which has fired.
  template <class T>
  static T now(Deferred<T> deferred, SourceLocation here = SourceLocation::current()) {
    return testing::successResultOf(deferred, here);
  }
  template <class E, class T>
  static Failure failureOf(Deferred<T> deferred, SourceLocation here = SourceLocation::current()) {
    return testing::failureResultOf<E>(deferred, here);
  }

  testing::MemoryReactor reactor;
  StreamListener listener = listenStream(reactor, 0);
  testing::MemoryPeer peer = reactor.tcpServers().at(0).connect();
  Stream stream;
};

}  // namespace couplet
