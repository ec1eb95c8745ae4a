// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Sends back what it is asked: the body of a POST; the header lines from /echo; the cookies, one
// a line, from /cookie; else OK.
#include <memory>
#include <string>

#include <gflags/gflags.h>

#include <couplet/protocols/http/cookies.h>
#include <couplet/protocols/http/site.h>
#include <couplet/reactor/reactor.h>

#include "examples/program/listening.h"
#include "examples/program/server.h"

DEFINE_int32(port, 8080, "port to listen on; 0: any free one");
DEFINE_string(iface, "localhost",
              "address to listen on; localhost means 127.0.0.1, and ::1 where it exists");

namespace {

using couplet::Answer;
using couplet::Request;
using couplet::Response;

const couplet::Usage kUsage{"[FLAG]...",
                            "Sends back what it is asked: the body of a POST; the header lines "
                            "from /echo; the cookies, one\n"
                            "a line, from /cookie; else OK."};

class Echo : public couplet::Resource {
 public:
  bool isLeaf() const override { return true; }

  Answer render(Request& request) override {
    if (request.path() == "/echo") return Response::text(headerLines(request));
    if (request.path() == "/cookie") return Response::text(cookieLines(request));
    if (request.method() == "POST") return Response::text(std::string(request.body()));
    return Response::text("OK");
  }

 private:
  static std::string headerLines(const Request& request) {
    std::string lines;
    request.headers().appendTo(lines);
    return lines;
  }

  static std::string cookieLines(const Request& request) {
    std::string lines;
    for (const std::string_view header : request.headers().all("Cookie")) {
      for (const auto& [name, value] : couplet::RequestCookies(header)) {
        lines.append(name).append("=").append(value).append("\n");
      }
    }
    return lines;
  }
};

void serveEcho(couplet::Reactor& reactor) {
  const auto site = std::make_shared<couplet::Site>(std::make_shared<Echo>());
  examples::announce(reactor, "HTTP",
                     examples::listenOn(reactor, FLAGS_iface, FLAGS_port, site).toString());
  reactor.run();
}

}  // namespace

int main(int argc, char** argv) { return examples::runServer(argc, argv, kUsage, serveEcho); }
