// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/reactor.h>

using namespace couplet;

class Echo : public Protocol {
  void dataReceived(std::string_view bytes) override { transport().write(bytes); }
};

int main() {
  auto reactor = newReactor();
  reactor->listenTCP(8000, Factory::forProtocol<Echo>());
  reactor->run();
}
