// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// HTTPResponseParser. The input is `settings|requests|cuts|bytes of the server`; a request is a
// letter: G, H, C for GET, HEAD, CONNECT, or U for a GET that offers an upgrade.
#include <couplet/protocols/http/response_parser.h>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "http_listener.h"
#include "http_model.h"
#include "http_settings.h"

namespace couplet::fuzz {
namespace {

std::vector<HTTPResponseParser::Request> parseRequests(std::string_view letters) {
  std::vector<HTTPResponseParser::Request> requests;
  for (const char letter : letters) {
    if (letter == 'G') requests.push_back({"GET", false});
    if (letter == 'H') requests.push_back({"HEAD", false});
    if (letter == 'C') requests.push_back({"CONNECT", false});
    if (letter == 'U') requests.push_back({"GET", true});
  }
  return requests;
}

}  // namespace
}  // namespace couplet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace couplet::fuzz;
  std::string_view wire(reinterpret_cast<const char*>(data), size);
  const HTTPSettings settings = parseSettings(takeField(wire));
  const auto requests = parseRequests(takeField(wire));
  const std::string_view cuts = takeField(wire);
  requireHeardEachWay<ResponseListener>(modelResponses(wire, requests, settings), wire, cuts,
                                        settings, requests);
  return 0;
}
