// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Settings, whatever their type.
#pragma once

#include <couplet/protocols/message/detail/value_type.h>

namespace couplet::detail {

/// A message and its type. Owns neither.
struct AnySettings {
  const MessageType& type;
  void* value;
};

}  // namespace couplet::detail
