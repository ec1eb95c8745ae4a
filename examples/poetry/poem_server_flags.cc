// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "poem_server_flags.h"

#include <gflags/gflags.h>

DEFINE_int32(port, 10002, "port to listen on; 0: any free one");
DEFINE_string(iface, "localhost",
              "address to listen on; localhost means 127.0.0.1, and ::1 where it exists");
DEFINE_bool(netstring, false, "send each poem as a netstring");

namespace poetry {

Framing framingFlag() { return FLAGS_netstring ? Framing::kNetstring : Framing::kNone; }

}  // namespace poetry
