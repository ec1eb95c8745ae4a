// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Addresses of servers as the command line names them.
#pragma once

#include <string_view>

#include <couplet/reactor/address.h>

namespace poetry {

/// `[HOST:]PORT`, where the host is 127.0.0.1 unless given, and an IPv6 address stands in brackets:
/// `[::1]:10000`. Throws UsageError.
couplet::Address parseAddress(std::string_view text);

}  // namespace poetry
