// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A netstring echo on KJ's asynchronous streams.
#include <kj/async-io.h>
#include <kj/debug.h>

#include <cstdio>
#include <string>

#include "benchmarks/peers/netstring_echo.h"

namespace {

class Connection {
 public:
  explicit Connection(kj::Own<kj::AsyncIoStream> stream) : stream_(kj::mv(stream)) {}

  /// Done when the peer has closed, or sent what is no netstring.
  kj::Promise<void> serve() {
    return stream_->tryRead(input_, 1, sizeof input_).then([this](std::size_t size) {
      output_.clear();
      if (size == 0 || !echo_.feed({input_, size}, output_))
        return kj::Promise<void>(kj::READY_NOW);
      return stream_->write(output_.data(), output_.size()).then([this] { return serve(); });
    });
  }

 private:
  kj::Own<kj::AsyncIoStream> stream_;
  peers::NetstringEcho echo_;
  char input_[4096];
  std::string output_;
};

class Server : private kj::TaskSet::ErrorHandler {
 public:
  explicit Server(kj::Own<kj::ConnectionReceiver> listener) : listener_(kj::mv(listener)) {}

  kj::Promise<void> run() {
    return listener_->accept().then([this](kj::Own<kj::AsyncIoStream> stream) {
      auto connection = kj::heap<Connection>(kj::mv(stream));
      connections_.add(connection->serve().attach(kj::mv(connection)));
      return run();
    });
  }

 private:
  void taskFailed(kj::Exception&& exception) override {
    if (exception.getType() != kj::Exception::Type::DISCONNECTED) KJ_LOG(ERROR, exception);
  }

  kj::Own<kj::ConnectionReceiver> listener_;
  kj::TaskSet connections_{*this};
};

}  // namespace

int main() {
  auto io = kj::setupAsyncIo();
  auto address = io.provider->getNetwork().parseAddress("127.0.0.1", 0).wait(io.waitScope);
  auto listener = address->listen();
  std::printf("Serving netstrings on 127.0.0.1:%u.\n", listener->getPort());
  std::fflush(stdout);
  Server server(kj::mv(listener));
  server.run().wait(io.waitScope);
}
