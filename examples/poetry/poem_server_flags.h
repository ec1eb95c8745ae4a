// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The flags of the four programs that serve poems.
#pragma once

#include <gflags/gflags_declare.h>

#include "poem_file.h"

DECLARE_int32(port);
DECLARE_string(iface);

namespace poetry {

/// What `--netstring` says.
Framing framingFlag();

}  // namespace poetry
