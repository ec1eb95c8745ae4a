// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Bytes in a message, which are no text: base64 in JSON.
#pragma once

#include <string>

#pragma GCC visibility push(default)
namespace couplet {

/// A member of a message that holds any bytes.
struct Bytes {
  std::string data;

  bool operator==(const Bytes&) const = default;
  auto operator<=>(const Bytes&) const = default;
};

}  // namespace couplet
#pragma GCC visibility pop
