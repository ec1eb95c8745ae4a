// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The API of crunch_server on Boost.Beast, Boost.URL and RapidJSON.
#include <optional>

#include <boost/url/parse.hpp>
#include <boost/url/src.hpp>

#include "benchmarks/peers/beast_server.h"
#include "benchmarks/peers/crunch.h"

namespace {

namespace http = boost::beast::http;
namespace urls = boost::urls;

/// The member of a query.
std::optional<double> member(urls::params_view query, urls::string_view name) {
  const auto found = query.find(name);
  return found == query.end() ? 0.0 : peers::number((*found).value);
}

peers::CrunchAnswer answerTo(urls::string_view target) {
  const auto url = urls::parse_origin_form(target);
  if (!url) return {400, ""};
  const auto x = member(url->params(), "x");
  const auto y = member(url->params(), "y");
  if (!x || !y) return {400, ""};
  if (url->encoded_path() == "/Multiply") return peers::multiply(*x, *y);
  if (url->encoded_path() == "/Divide") return peers::divide(*x, *y);
  return {404, ""};
}

void crunch(const peers::BeastRequest& request, peers::BeastResponse& response) {
  peers::CrunchAnswer answer = answerTo({request.target().data(), request.target().size()});
  response.result(answer.status);
  response.set(http::field::content_type, "application/json");
  response.body() = std::move(answer.body);
}

}  // namespace

int main() { peers::serveBeast<&crunch>(); }
