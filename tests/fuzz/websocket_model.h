// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What the bytes of a WebSocket mean, found out one byte after the other: RFC 6455, 5. For the
// fuzzer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <couplet/protocols/websocket/websocket_parser.h>

namespace couplet::fuzz {

struct WebSocketSettings {
  WebSocketSide side = WebSocketSide::kServer;
  WebSocketParser::Limits limits;
  bool inflates = false;
};

/// "text ...", "close 1000 ...", "refused 1002" and their like; and at the end, unless it is over,
/// "idle" or "unfinished".
using FramesHeard = std::vector<std::string>;

inline constexpr char kIdle[] = "idle";
inline constexpr char kUnfinished[] = "unfinished";

FramesHeard modelFrames(std::string_view wire, const WebSocketSettings& settings);

}  // namespace couplet::fuzz
