// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/detail/redirection.h>

#include <cstddef>
#include <utility>

#include <couplet/protocols/http/client_errors.h>
#include <couplet/protocols/http/response.h>

namespace couplet::detail {

namespace {

/// Twisted's, of CVE-2022-21712.
constexpr const char* kCredentials[] = {"Authorization", "Cookie", "Cookie2", "Proxy-Authorization",
                                        "WWW-Authenticate"};

/// Of a body that is not sent again.
constexpr const char* kContentFields[] = {"Content-Encoding", "Content-Language", "Content-Length",
                                          "Content-Location", "Content-Type",     "Expect",
                                          "Trailer",          "Transfer-Encoding"};

/// For people.
std::string shortened(const std::string& location) {
  constexpr std::size_t kMost = 200;
  return location.size() <= kMost ? location : location.substr(0, kMost) + "...";
}

/// REQUIRES: namesPlace(response)
Url destination(const Url& from, const Response& response) {
  const auto locations = response.headers.all("Location");
  if (locations.size() > 1) throw RedirectError(from.toString() + " redirects to several places");
  std::string location(locations.front());
  const bool inherits = from.fragment() && location.find('#') == location.npos;
  if (inherits) location.append("#").append(*from.fragment());
  Result<Url> to = from.tryResolve(location);
  if (to) return std::move(to).value();
  const bool hasUser = location.find('@') != location.npos;  // who may be named with a password
  throw RedirectError(from.toString() + " redirects to no http URL" +
                      (hasUser ? "" : ", " + shortened(location)) + ": " + to.failure().message());
}

/// 301 and 302 turn POST into GET, as everybody does; 303 all but HEAD.
bool becomesGet(const std::string& method, int status) {
  if (status == 303) return method != "HEAD" && method != "GET";
  return (status == 301 || status == 302) && method == "POST";
}

}  // namespace

bool isRedirection(int status) noexcept {
  return (status >= 301 && status <= 303) || status == 307 || status == 308;
}

bool namesPlace(const Response& response) {
  const auto locations = response.headers.all("Location");
  return !locations.empty() && !locations.front().empty();
}

void failRedirected(const Url& to, const ConnectError& error) {
  const std::string why = "redirected to " + to.toString() + ": " + error.what();
  if (dynamic_cast<const ConnectionRefusedError*>(&error)) throw ConnectionRefusedError(why);
  if (dynamic_cast<const NoRouteError*>(&error)) throw NoRouteError(why);
  if (dynamic_cast<const ConnectTimeoutError*>(&error)) throw ConnectTimeoutError(why);
  if (dynamic_cast<const DNSLookupError*>(&error)) throw DNSLookupError(why);
  throw ConnectError(why, error.errorNumber());
}

AskedRequest redirected(AskedRequest asked, const Response& response,
                        const std::vector<std::string>& sensitive) {
  Url to = destination(asked.url, response);
  asked.headers.remove("Host");
  if (becomesGet(asked.method, response.status)) {
    asked.method = "GET";
    asked.body = {};
    for (const char* const name : kContentFields) asked.headers.remove(name);
  }
  if (!to.sameOrigin(asked.url)) {
    for (const char* const name : kCredentials) asked.headers.remove(name);
    for (const std::string& name : sensitive) asked.headers.remove(name);
  }
  asked.url = std::move(to);
  return asked;
}

}  // namespace couplet::detail
