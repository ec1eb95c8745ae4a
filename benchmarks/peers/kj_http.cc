// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// An HTTP server on KJ's.
#include <kj/async-io.h>
#include <kj/compat/http.h>

#include "benchmarks/peers/hello.h"

namespace {

class Hello final : public kj::HttpService {
 public:
  explicit Hello(const kj::HttpHeaderTable& table) : headers_(table) {
    headers_.set(kj::HttpHeaderId::CONTENT_TYPE, "text/plain");
  }

  kj::Promise<void> request(kj::HttpMethod, kj::StringPtr, const kj::HttpHeaders&,
                            kj::AsyncInputStream&, Response& response) override {
    auto body = response.send(200, "OK", headers_, peers::kHelloBytes);
    auto written = body->write(peers::kHello, peers::kHelloBytes);
    return written.attach(kj::mv(body));
  }

 private:
  kj::HttpHeaders headers_;
};

}  // namespace

int main() {
  auto io = kj::setupAsyncIo();
  auto address = io.provider->getNetwork().parseAddress("127.0.0.1", 0).wait(io.waitScope);
  auto listener = address->listen();
  const kj::HttpHeaderTable table;
  Hello hello(table);
  kj::HttpServerSettings settings;
  settings.pipelineTimeout = 1 * kj::HOURS;
  kj::HttpServer server(io.provider->getTimer(), table, hello, settings);
  peers::announceHTTP(listener->getPort());
  server.listenHttp(*listener).wait(io.waitScope);
}
