// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/version.h>

namespace couplet {

std::string_view version() noexcept { return kVersion; }

}  // namespace couplet
