// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The native protocol against a peer that sends anything. The input is `script|frame|frame|...`;
// README.md lists the letters. What is answered must be the same however the frames are cut, must
// be frames of the protocol, and each of our own requests must come to an end.
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <couplet/deferred/testing/fake_clock.h>
#include <couplet/protocols/message/native_protocol.h>
#include <couplet/protocols/netstring.h>
#include <couplet/reactor/testing/string_transport.h>

#include "require.h"
#include "script.h"

namespace couplet::fuzz {
namespace {

struct Numbers {
  double x = 0;
  std::vector<int> list;

  static constexpr auto kMessage =
      message("fuzz.Numbers", member("x", &Numbers::x), member("list", &Numbers::list));
};

struct Later {
  std::string text;
  static constexpr auto kMessage = message("fuzz.Later", member("text", &Later::text));
};

std::string framed(std::string_view text) {
  return std::to_string(text.size()) + ":" + std::string(text) + ",";
}

/// What one peer sends, and what becomes of it.
class Conversation {
 public:
  explicit Conversation(bool byteByByte)
      : byteByByte_(byteByByte),
        protocol_(newApi(), {.mostAtWork = 3, .mostHeld = 500, .mostPending = 3}) {
    transport_.connect(protocol_);
  }

  void hold(std::string_view input) {
    Script script(takeField(input));
    while (!input.empty() && protocol_.connected()) {
      makeMove(script);
      send(framed(takeField(input)));
    }
    while (!script.ended() && protocol_.connected()) makeMove(script);
    transport_.loseConnection();
    transport_.turn();
    require(asked_ == ended_, "each request comes to an end");
  }

  std::string_view said() const noexcept { return transport_.value(); }

 private:
  std::shared_ptr<const Api> newApi() {
    return std::make_shared<const Api>(
        Requests<Numbers, Later>(), [](const Numbers& numbers) { return numbers; },
        [this](const Later& later) -> Deferred<Later> {
          Later answer = later;
          co_await waiting_.emplace_back().deferred();
          co_return answer;
        });
  }

  void send(std::string_view bytes) {
    const std::size_t piece = byteByByte_ ? 1 : bytes.size();
    for (; !bytes.empty() && protocol_.connected(); bytes.remove_prefix(piece)) {
      protocol_.dataReceived(bytes.substr(0, piece));
    }
  }

  void makeMove(Script& script) {
    const char letter = script.next();
    if (letter == 'r') ask();
    if (letter == 'c' && !ours_.empty()) ours_.back().cancel();
    if (letter == 'f' && !waiting_.empty()) answerOne();
    if (letter == 't') clock_.advance(std::chrono::seconds(60));
    if (letter == 'h') send(framed(R"({"hello":{"version":1,"frame_limit":2048}})"));
    if (protocol_.connected() && !transport_.disconnected()) return;
    transport_.turn();
  }

  void ask() {
    ++asked_;
    ours_.push_back(
        protocol_.request<Numbers>(Numbers{1.5, {1, 2}}).addBoth([this](auto&&) { ++ended_; }));
  }

  void answerOne() {
    Promise<void> first = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    if (first.pending()) first.callback();
  }

  const bool byteByByte_;
  int asked_ = 0;
  int ended_ = 0;
  std::vector<Promise<void>> waiting_;  // of handlers
  testing::FakeClock clock_;
  testing::StringTransport transport_{clock_};
  NativeProtocol protocol_;
  std::vector<Deferred<void>> ours_;
};

/// Reads what was said.
class Reader : public NetstringReceiver {
 public:
  void stringReceived(std::string_view text) override {
    ++count;
    require(text.starts_with("{\"") && text.ends_with("}"), "a frame is an object");
  }

  int count = 0;
};

void readAgain(std::string_view said) {
  testing::StringTransport transport;
  Reader reader;
  transport.connect(reader);
  reader.dataReceived(said);
  require(!transport.lossReason() && reader.connected(), "what is said is netstrings");
  require(reader.count > 0, "a hello is said");
}

}  // namespace
}  // namespace couplet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace couplet::fuzz;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  Conversation whole(false);
  whole.hold(input);
  Conversation cut(true);
  cut.hold(input);
  require(whole.said() == cut.said(), "the same is said at every cut");
  readAgain(whole.said());
  return 0;
}
