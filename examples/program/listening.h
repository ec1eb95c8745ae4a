// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// How the servers on a reactor listen, and say so.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <couplet/protocols/stream.h>
#include <couplet/reactor/reactor.h>

namespace examples {

/// The ports of one factory: one for each address of an interface. They stay open, also when this
/// is gone.
class Listening {
 public:
  using Ports = std::vector<std::shared_ptr<couplet::ListeningPort>>;

  /// REQUIRES: there is one
  explicit Listening(Ports ports) : ports_(std::move(ports)) {}

  /// The first one: `127.0.0.1:10000`.
  std::string toString() const { return ports_.front()->getHost().toString(); }

  /// Takes no more connections; those that there are go on.
  void stop() const;

 private:
  Ports ports_;
};

/// Listens with `factory` on `port` (0: any free one, the same for all) of each address that
/// `iface` means. Throws UsageError, or ProgramError when a port cannot be had.
Listening listenOn(couplet::Reactor& reactor, const std::string& iface, int port,
                   const std::shared_ptr<couplet::Factory>& factory);

/// Listens for streams on `port` (0: any free one) of every address. Throws as `listenOn`.
couplet::StreamListener listenStreams(couplet::Reactor& reactor, int port);

/// Prints `Serving <what> on <where>.` when the reactor runs: who reads that may connect, and may
/// stop the program by a signal.
void announce(couplet::Reactor& reactor, const std::string& what, const std::string& where);

}  // namespace examples
