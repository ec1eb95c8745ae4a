// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// One service, two protocols, two ports: transforms poems for those who ask by HTTP, and for those
// who ask by netstrings. Figure 27 of the poetry tutorial.
//
//     curl -d 'HERE IS MY POEM' http://127.0.0.1:10080/transform/cummingsify
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <gflags/gflags.h>

#include <couplet/protocols/http/site.h>
#include <couplet/reactor/reactor.h>

#include "examples/poetry/transform_protocol.h"
#include "examples/poetry/transform_service.h"
#include "examples/poetry/utf8.h"
#include "examples/program/listening.h"
#include "examples/program/ports.h"
#include "examples/program/seconds.h"
#include "examples/program/server.h"

DEFINE_int32(port, 10080, "port to listen on for HTTP; 0: any free one");
DEFINE_int32(netstring_port, -1,
             "port to listen on for netstrings; 0: any free one; -1: the one after --port");
DEFINE_string(iface, "localhost",
              "address to listen on; localhost means 127.0.0.1, and ::1 where it exists");
DEFINE_double(delay, 2, "seconds that slow_cummingsify takes");
DEFINE_double(drain, 10, "seconds that what was asked by HTTP may still take after a signal");

namespace {

using couplet::Deferred;
using couplet::Failure;
using couplet::HTTPError;
using couplet::Request;
using couplet::Response;
using couplet::Site;
using poetry::TransformService;

using Service = std::shared_ptr<const TransformService>;

const couplet::Usage kUsage{"[FLAG]...", "Transforms poems, by HTTP and by netstrings."};

std::string manual(const TransformService& service, std::string_view host) {
  std::string text = "Transforms poems. POST one, in UTF-8, to any of these:\n\n";
  for (const std::string& name : service.names()) text += "  /transform/" + name + "\n";
  return text.append("\n  curl -d 'HERE IS MY POEM' http://")
      .append(host.empty() ? "HOST" : host)
      .append("/transform/cummingsify\n");
}

/// Of what the client has done wrong.
[[noreturn]] void explain(const Failure& failure) {
  if (failure.check<poetry::UnknownTransformError>())
    throw HTTPError(404, "There is no such transform. / tells which there are.");
  if (const auto* error = failure.get<poetry::InvalidUtf8Error>())
    throw HTTPError(400, error->what());
  failure.raise();
}

Deferred<Response> transform(const TransformService& service, const Request& request) {
  return service.transform(*request.param("name"), std::string(request.body()))
      .addCallback(&Response::text)
      .addErrback([](const Failure& failure) -> Response { explain(failure); });
}

/// An error, for people who use curl.
Response plainPage(int status, std::string_view why) {
  const auto text = why.empty() ? couplet::reasonPhrase(status) : why;
  Response page = Response::text(std::string(text) + "\n");
  page.status = status;
  return page;
}

std::shared_ptr<Site> newSite(const Service& service) {
  couplet::Router router;
  router.get("/", [service](Request& request) {
    return Response::text(manual(*service, request.host()));
  });
  router.post("/transform/:name",
              [service](Request& request) { return transform(*service, request); });
  couplet::SiteOptions options;
  options.errorPage = &plainPage;
  return std::make_shared<Site>(std::move(router), std::move(options));
}

int netstringPort() {
  if (FLAGS_netstring_port != -1) {
    examples::requireListenable(FLAGS_netstring_port, "--netstring-port");
    return FLAGS_netstring_port;
  }
  examples::requireListenable(FLAGS_port);
  if (FLAGS_port < 65535) return FLAGS_port == 0 ? 0 : FLAGS_port + 1;
  throw couplet::UsageError("--port=65535 has no port after it: --netstring-port is needed.");
}

void servePoems(couplet::Reactor& reactor) {
  const couplet::Duration patience = examples::parseSeconds("--drain", FLAGS_drain, 0);
  const auto service = std::make_shared<const TransformService>(
      reactor, examples::parseSeconds("--delay", FLAGS_delay, 0));
  const int portForNetstrings = netstringPort();
  const auto site = newSite(service);
  const auto http = examples::listenOn(reactor, FLAGS_iface, FLAGS_port, site);
  const auto netstrings =
      examples::listenOn(reactor, FLAGS_iface, portForNetstrings,
                         couplet::Factory::forProtocol<poetry::TransformProtocol>(service));
  reactor.addShutdownTrigger(couplet::ShutdownPhase::kBefore, [=] {
    http.stop();
    netstrings.stop();
    return site->drain(patience);
  });
  examples::announce(reactor, "HTTP", http.toString());
  examples::announce(reactor, "netstrings", netstrings.toString());
  reactor.run();
}

}  // namespace

int main(int argc, char** argv) { return examples::runServer(argc, argv, kUsage, servePoems); }
