// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// WebSocketParser. The input is `settings|cuts|bytes of the other side`; README.md lists the
// letters of the settings.
#include <couplet/protocols/websocket/websocket_parser.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <couplet/protocols/websocket/detail/message_inflater.h>

#include "heap.h"
#include "require.h"
#include "script.h"
#include "websocket_model.h"

namespace couplet::fuzz {
namespace {

WebSocketSettings parseSettings(std::string_view text) {
  constexpr std::size_t kMost = 1 << 20;  // for a model that makes bytes one by one
  WebSocketSettings settings;
  while (!text.empty()) {
    const char letter = text.front();
    text.remove_prefix(1);
    if (letter == 'c') settings.side = WebSocketSide::kClient;
    if (letter == 'z') settings.inflates = true;
    if (letter == 'm') settings.limits.message = std::min(numberOr(0, text), kMost);
    if (letter == 'f') settings.limits.frame = numberOr(0, text);
  }
  return settings;
}

/// A parser, and what was heard of it. Good for one stream of bytes.
class FramesListener {
 public:
  FramesListener(const WebSocketSettings& settings, bool releases)
      : settings_(settings), parser_(settings.side, settings.limits), releases_(releases) {
    if (settings.inflates) {
      parser_.inflateWith(std::make_unique<detail::MessageInflater>(15, true));
    }
  }

  /// The bytes are of memory that goes with the call.
  void give(std::string_view piece) {
    const auto copy = std::make_unique<char[]>(piece.size());
    if (!piece.empty()) std::memcpy(copy.get(), piece.data(), piece.size());
    std::string_view bytes(copy.get(), piece.size());
    came_ += piece.size();
    while (takeNext(bytes)) {
    }
    require(bytes.empty(), "all bytes are taken");
    if (releases_) parser_.rest();
  }

  FramesHeard finish() {
    if (!over_) heard_.push_back(parser_.idle() ? kIdle : kUnfinished);
    require(parser_.idle() == parser_.unfinished().empty(), "what is unfinished is said");
    require(!over_ || parser_.idle(), "nothing is kept at the end");
    if (over_) give("more");
    return std::move(heard_);
  }

 private:
  bool takeNext(std::string_view& bytes) {
    const std::string_view before = bytes;
    const std::size_t heapBefore = heapInUse();
    const WebSocketEvent event = parser_.next(bytes);
    heap_ += heapInUse() - heapBefore;
    require(bytes.size() <= before.size() && bytes.end() == before.end(),
            "bytes are taken off the front");
    requireBounded();
    if (event == WebSocketEvent::kNeedMore) return false;
    require(!over_, "nothing follows the last event");
    hear(event);
    if (releases_) {
      const std::size_t heapThen = heapInUse();
      parser_.release();
      heap_ += heapInUse() - heapThen;
    }
    return true;
  }

  void hear(WebSocketEvent event) {
    const std::string payload(parser_.payload());
    const CloseReason& reason = parser_.closeReason();
    switch (event) {
      case WebSocketEvent::kText:
        return heard_.push_back("text " + payload);
      case WebSocketEvent::kBinary:
        return heard_.push_back("binary " + payload);
      case WebSocketEvent::kPing:
        return heard_.push_back("ping " + payload);
      case WebSocketEvent::kPong:
        return heard_.push_back("pong " + payload);
      case WebSocketEvent::kClose:
        over_ = true;
        return heard_.push_back("close " + std::to_string(reason.code()) + ' ' + reason.text());
      case WebSocketEvent::kRefused:
        over_ = true;
        require(CloseReason::mayBeSent(reason.code()) && !reason.text().empty() &&
                    reason.text().size() <= CloseReason::kMaxText,
                "a refusal says why, and can be sent");
        return heard_.push_back("refused " + std::to_string(reason.code()));
      case WebSocketEvent::kNeedMore:
        break;
    }
  }

  /// At most twice what came, whatever lengths were announced; or what that may become, inflated.
  void requireBounded() const {
    constexpr std::size_t kSlack = 4096;
    constexpr std::size_t kInflater = 128 * 1024;
    const std::size_t inflated = settings_.inflates ? 3 * settings_.limits.message + kInflater : 0;
    const auto most = static_cast<std::ptrdiff_t>(2 * came_ + inflated + kSlack);
    require(heap_ <= most, "a parser keeps no more than came");
  }

  const WebSocketSettings& settings_;
  WebSocketParser parser_;
  const bool releases_;
  FramesHeard heard_;
  bool over_ = false;
  std::size_t came_ = 0;
  std::ptrdiff_t heap_ = 0;  // what the parser has of it
};

void requireHeard(const FramesHeard& heard, const FramesHeard& expected, const char* how) {
  if (heard == expected) return;
  for (const std::string& line : heard) std::fprintf(stderr, "heard: %s\n", line.c_str());
  for (const std::string& line : expected) std::fprintf(stderr, "expected: %s\n", line.c_str());
  require(false, how);
}

void check(std::string_view wire, std::string_view cuts, const WebSocketSettings& settings) {
  const FramesHeard expected = modelFrames(wire, settings);
  FramesListener whole(settings, true), cut(settings, true), inBytes(settings, false);
  whole.give(wire);
  requireHeard(whole.finish(), expected, "whole, what the model hears is heard");
  Script script(cuts);
  for (std::string_view rest = wire; !rest.empty();) {
    const std::size_t size = script.ended() ? rest.size() : std::min(script.number(), rest.size());
    cut.give(rest.substr(0, size));
    rest.remove_prefix(size);
  }
  requireHeard(cut.finish(), expected, "in pieces, what the model hears is heard");
  for (std::size_t i = 0; i < wire.size(); ++i) inBytes.give(wire.substr(i, 1));
  requireHeard(inBytes.finish(), expected, "byte by byte, what the model hears is heard");
}

}  // namespace
}  // namespace couplet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace couplet::fuzz;
  std::string_view wire(reinterpret_cast<const char*>(data), size);
  const auto settings = parseSettings(takeField(wire));
  const std::string_view cuts = takeField(wire);
  check(wire, cuts, settings);
  return 0;
}
