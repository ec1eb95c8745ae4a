// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Receivers that record what they hear, and a conversation with one of them over a StringTransport.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/protocols/int_string.h>
#include <couplet/protocols/line.h>
#include <couplet/protocols/netstring.h>
#include <couplet/protocols/testing/every_cut.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/testing/string_transport.h>

namespace couplet {

/// A receiver of strings: each is recorded, then `then` is called.
template <class Receiver>
class StringRecorder : public Receiver {
 public:
  void stringReceived(std::string_view string) override {
    heard.emplace_back(string);
    if (then) then();
  }
  void connectionLost(const Failure& why) override { reason = why; }

  std::vector<std::string> heard;
  std::function<void()> then;
  std::optional<Failure> reason;
};

using NetstringRecorder = StringRecorder<NetstringReceiver>;
using Int8Recorder = StringRecorder<Int8StringReceiver>;
using Int16Recorder = StringRecorder<Int16StringReceiver>;
using Int32Recorder = StringRecorder<Int32StringReceiver>;

/// The same for lines.
template <class Receiver>
class LineRecorder : public Receiver {
 public:
  void lineReceived(std::string_view line) override {
    heard.emplace_back(line);
    if (then) then();
  }
  void connectionLost(const Failure& why) override { reason = why; }

  std::vector<std::string> heard;
  std::function<void()> then;
  std::optional<Failure> reason;
};

/// One receiver and its transport.
template <class Recorder>
class Conversation {
 public:
  explicit Conversation(std::function<void(Recorder&)> prepare = {}) {
    if (prepare) prepare(protocol);
    transport.connect(protocol);
  }

  void receive(std::string_view bytes) { protocol.dataReceived(bytes); }
  void receiveOneByOne(std::string_view bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) receive(bytes.substr(i, 1));
  }
  void resume() {
    transport.resumeProducing();
    transport.turn();
  }
  void endInput() {
    protocol.readConnectionLost();
    transport.turn();
  }

  /// What connectionLost was told, once the loop had its turn; empty when it was not called.
  std::string lostBecause() {
    transport.turn();
    return protocol.reason ? protocol.reason->message() : "";
  }
  template <class E>
  bool lostWith() {
    transport.turn();
    return protocol.reason && protocol.reason->template check<E>();
  }
  bool disconnecting() const { return transport.disconnecting(); }
  const std::vector<std::string>& heard() const { return protocol.heard; }

  testing::StringTransport transport;
  Recorder protocol;
};

/// For expectSameAtEveryCut: what a new Recorder hears, and then why it loses the connection, if it
/// does.
template <class Recorder>
auto hearing(std::function<void(Recorder&)> prepare = {}) {
  return [prepare](const testing::Chunks& chunks) {
    Conversation<Recorder> with(prepare);
    for (const std::string_view chunk : chunks) with.receive(chunk);
    with.protocol.heard.push_back("lost: " + with.lostBecause());
    return with.heard();
  };
}

}  // namespace couplet
