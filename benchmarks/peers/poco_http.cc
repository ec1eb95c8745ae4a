// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// An HTTP server on POCO, which takes a thread for each connection.
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/ThreadPool.h>
#include <Poco/Timespan.h>
#include <unistd.h>

#include "benchmarks/peers/hello.h"

namespace {

namespace net = Poco::Net;

constexpr int kThreads = 1000;

class Hello : public net::HTTPRequestHandler {
 public:
  void handleRequest(net::HTTPServerRequest&, net::HTTPServerResponse& response) override {
    response.setContentType("text/plain");
    response.sendBuffer(peers::kHello, peers::kHelloBytes);
  }
};

class Hellos : public net::HTTPRequestHandlerFactory {
 public:
  net::HTTPRequestHandler* createRequestHandler(const net::HTTPServerRequest&) override {
    return new Hello;
  }
};

net::HTTPServerParams* patient() {
  auto* params = new net::HTTPServerParams;
  params->setMaxThreads(kThreads);
  params->setKeepAliveTimeout(Poco::Timespan(Poco::Timespan::HOURS));
  params->setTimeout(Poco::Timespan(Poco::Timespan::HOURS));
  return params;
}

}  // namespace

int main() {
  net::ServerSocket socket(net::SocketAddress("127.0.0.1", 0));
  Poco::ThreadPool threads(1, kThreads);
  net::HTTPServer server(new Hellos, threads, socket, patient());
  server.start();
  peers::announceHTTP(socket.address().port());
  for (;;) pause();
}
