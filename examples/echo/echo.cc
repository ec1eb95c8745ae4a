// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/reactor.h>

class Echo : public couplet::Protocol {
  void dataReceived(std::string_view bytes) override { transport().write(bytes); }
};

int main() {
  auto reactor = couplet::newReactor();
  reactor->listenTCP(8000, couplet::Factory::forProtocol<Echo>());
  reactor->run();
}
