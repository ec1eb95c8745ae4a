// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. SHA-1, for the opening handshake alone, which names it (RFC 6455, 4.2.2): it protects
// nothing there. FIPS 180-4, 6.1.
#pragma once

#include <string>
#include <string_view>

namespace couplet::detail {

/// The digest, of 20 bytes.
std::string sha1(std::string_view text);

}  // namespace couplet::detail
