// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Types as people write them.
#pragma once

#include <string>
#include <typeinfo>

#pragma GCC visibility push(default)
namespace couplet {

/// "couplet::ConnectionLost".
std::string typeName(const std::type_info& type);

}  // namespace couplet
#pragma GCC visibility pop
