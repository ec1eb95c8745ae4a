// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The API of crunch_server on Pistache and RapidJSON.
#include <pistache/router.h>

#include <optional>
#include <string>

#include "benchmarks/peers/crunch.h"
#include "benchmarks/peers/pistache_server.h"

namespace {

using namespace Pistache;  // whose macro wants it

/// The member of the query, which Pistache leaves percent-encoded.
std::optional<double> member(const Rest::Request& request, const std::string& name) {
  const std::optional<std::string> text = request.query().get(name);
  return text ? peers::number(*text) : 0.0;
}

template <peers::CrunchAnswer (*sum)(double, double)>
void handle(const Rest::Request& request, Http::ResponseWriter response) {
  const auto x = member(request, "x");
  const auto y = member(request, "y");
  const auto answer = x && y ? sum(*x, *y) : peers::CrunchAnswer{400, ""};
  response.send(static_cast<Http::Code>(answer.status), answer.body, MIME(Application, Json));
}

}  // namespace

int main() {
  Rest::Router router;
  Rest::Routes::Get(router, "/Multiply", Rest::Routes::bind(&handle<&peers::multiply>));
  Rest::Routes::Get(router, "/Divide", Rest::Routes::bind(&handle<&peers::divide>));
  peers::servePistache(router.handler());
}
