// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// An HTTP server on Boost.Beast.
#include "benchmarks/peers/beast_server.h"

namespace {

namespace http = boost::beast::http;

void hello(const peers::BeastRequest&, peers::BeastResponse& response) {
  response.set(http::field::content_type, "text/plain");
  response.body() = peers::kHello;
}

}  // namespace

int main() { peers::serveBeast<&hello>(); }
