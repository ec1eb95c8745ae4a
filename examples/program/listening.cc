// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "listening.h"

#include <cerrno>
#include <iostream>
#include <vector>

#include <couplet/reactor/errors.h>

#include "ports.h"
#include "program.h"

namespace examples {

namespace {

using couplet::CannotListenError;
using couplet::ListeningPort;

constexpr int kPortTries = 10;

bool isMissing(const CannotListenError& error) {
  return error.errorNumber() == EADDRNOTAVAIL || error.errorNumber() == EAFNOSUPPORT;
}

bool isInUse(const CannotListenError& error) { return error.errorNumber() == EADDRINUSE; }

ProgramError cannotListen(const CannotListenError& error) {
  return {isInUse(error) ? kAddressInUse : kFailure, error.what()};
}

/// Listens on `host`, the second address of an interface, unless this machine has none such.
void listenBeside(couplet::Reactor& reactor, const std::shared_ptr<ListeningPort>& first,
                  const std::string& host, const std::shared_ptr<couplet::Factory>& factory) {
  try {
    reactor.listenTCP(first->getHost().port, factory, {.interface = host});
  } catch (const CannotListenError& error) {
    if (isMissing(error)) return;
    first->stopListening();
    throw;
  }
}

/// Throws CannotListenError.
couplet::Address listenOnEach(couplet::Reactor& reactor, const std::vector<std::string>& hosts,
                              int port, const std::shared_ptr<couplet::Factory>& factory) {
  const auto first = reactor.listenTCP(port, factory, {.interface = hosts.front()});
  if (hosts.size() > 1) listenBeside(reactor, first, hosts.back(), factory);
  return first->getHost();
}

}  // namespace

couplet::Address listenOn(couplet::Reactor& reactor, const std::string& iface, int port,
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
