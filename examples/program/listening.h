// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// How the servers on a reactor listen, and say so.
#pragma once

#include <memory>
#include <string>

#include <couplet/protocols/stream.h>
#include <couplet/reactor/reactor.h>

namespace examples {

/// Listens with `factory` on `port` (0: any free one, the same for all) of each address that
/// `iface` means, and returns the first of them. Throws UsageError, or ProgramError when a port
/// cannot be had.
couplet::Address listenOn(couplet::Reactor& reactor, const std::string& iface, int port,
                          const std::shared_ptr<couplet::Factory>& factory);

/// Listens for streams on `port` (0: any free one) of every address. Throws as `listenOn`.
couplet::StreamListener listenStreams(couplet::Reactor& reactor, int port);

/// Prints `Serving <what> on <where>.` when the reactor runs: who reads that may connect, and may
/// stop the program by a signal.
void announce(couplet::Reactor& reactor, const std::string& what, const std::string& where);

}  // namespace examples
