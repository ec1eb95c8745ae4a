// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/factory.h>

namespace couplet {

void Factory::doStart() {
  if (users_ == 0) startFactory();
  ++users_;
}

void Factory::doStop() {
  if (users_ > 0 && --users_ == 0) stopFactory();
}

void ClientFactory::startedConnecting(Connector&) {}
void ClientFactory::clientConnectionFailed(const Failure&) {}
void ClientFactory::clientConnectionLost(const Failure&) {}

}  // namespace couplet
