// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "listening.h"

#include <cerrno>
#include <iostream>
#include <vector>

#include <couplet/protocols/program/plain_program.h>
#include <couplet/reactor/errors.h>

#include "ports.h"

namespace examples {

namespace {

using couplet::CannotListenError;
using couplet::ListeningPort;

constexpr int kPortTries = 10;

bool isMissing(const CannotListenError& error) {
  return error.errorNumber() == EADDRNOTAVAIL || error.errorNumber() == EAFNOSUPPORT;
}

bool isInUse(const CannotListenError& error) { return error.errorNumber() == EADDRINUSE; }

couplet::ProgramError cannotListen(const CannotListenError& error) {
  return {isInUse(error) ? kAddressInUse : couplet::kFailure, error.what()};
}

/// On each of `hosts`; one after the first may be missing on this machine. Throws
/// CannotListenError.
Listening listenOnEach(couplet::Reactor& reactor, const std::vector<std::string>& hosts, int port,
                       const std::shared_ptr<couplet::Factory>& factory) {
  Listening::Ports ports{reactor.listenTCP(port, factory, {.interface = hosts.front()})};
  const int same = ports.front()->getHost().port;
  for (std::size_t i = 1; i < hosts.size(); ++i) {
    try {
      ports.push_back(reactor.listenTCP(same, factory, {.interface = hosts[i]}));
    } catch (const CannotListenError& error) {
      if (isMissing(error)) continue;
      Listening(std::move(ports)).stop();
      throw;
    }
  }
  return Listening(std::move(ports));
}

}  // namespace

void Listening::stop() const {
  for (const auto& port : ports_) port->stopListening();
}

Listening listenOn(couplet::Reactor& reactor, const std::string& iface, int port,
                   const std::shared_ptr<couplet::Factory>& factory) {
  requireListenable(port);
  const std::vector<std::string> hosts = addressesOf(iface);
  for (int attempt = 1;; ++attempt) {
    try {
      return listenOnEach(reactor, hosts, port, factory);
    } catch (const CannotListenError& error) {
      // A port that the system chose for the first address may be taken on the second one.
      if (port == 0 && isInUse(error) && attempt < kPortTries) continue;
      throw cannotListen(error);
    }
  }
}

couplet::StreamListener listenStreams(couplet::Reactor& reactor, int port) {
  requireListenable(port);
  try {
    return couplet::listenStream(reactor, port, {.interface = "::"});
  } catch (const CannotListenError& error) {
    throw cannotListen(error);
  }
}

void announce(couplet::Reactor& reactor, const std::string& what, const std::string& where) {
  reactor.callLater(couplet::Duration::zero(), [=] {
    std::cout << "Serving " << what << " on " << where << "." << std::endl;
  });
}

}  // namespace examples
