// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// SIGINT and SIGTERM as something to poll, for a program without a reactor.
#pragma once

#include "sockets.h"

namespace poetry {

/// A descriptor that becomes readable when the program is told to stop, which then does not end it.
Socket stopSignals();

}  // namespace poetry
