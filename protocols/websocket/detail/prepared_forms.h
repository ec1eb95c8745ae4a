// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. What a PreparedMessage is on the wire, as far as somebody wanted it.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include <couplet/protocols/websocket/websocket_message.h>
#include <couplet/protocols/websocket/websocket_options.h>

namespace couplet {

struct PreparedMessage::Forms {
  Forms(WebSocketKind kind, std::string payload) : kind(kind), payload(std::move(payload)) {}

  const WebSocketKind kind;
  const std::string payload;

  /// The whole frame, of a server.
  std::string_view plain();
  /// The same, deflated with a window of so many bits and no message before it.
  std::string_view deflated(int windowBits, const WebSocketCompression& how);

 private:
  std::string plain_;                    // empty until it was wanted
  std::array<std::string, 8> deflated_;  // the same, for 8 to 15 bits
};

}  // namespace couplet
