// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Sends every netstring back.
#include <gflags/gflags.h>

#include <couplet/protocols/netstring.h>
#include <couplet/reactor/reactor.h>

#include "examples/program/listening.h"
#include "examples/program/server.h"

DEFINE_int32(port, 8001, "port to listen on; 0: any free one");
DEFINE_string(iface, "localhost",
              "address to listen on; localhost means 127.0.0.1, and ::1 where it exists");

namespace {

class NetstringEcho : public couplet::NetstringReceiver {
 public:
  void stringReceived(std::string_view payload) override { sendString(payload); }
};

void serveEcho(couplet::Reactor& reactor) {
  const auto factory = couplet::Factory::forProtocol<NetstringEcho>();
  examples::announce(reactor, "netstrings",
                     examples::listenOn(reactor, FLAGS_iface, FLAGS_port, factory).toString());
  reactor.run();
}

}  // namespace

int main(int argc, char** argv) {
  return examples::runServer(argc, argv, {"[FLAG]...", "Sends every netstring back."}, serveEcho);
}
