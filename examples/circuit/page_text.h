// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The page of a node, as a browser gets it. It shows LiveStates.
#pragma once

#include <string_view>

namespace circuit {

extern const std::string_view kPage;
extern const std::string_view kPageStyle;   ///< page.css
extern const std::string_view kPageScript;  ///< page.js

}  // namespace circuit
