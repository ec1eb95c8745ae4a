// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/response.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include <couplet/protocols/http/cookies.h>
#include <couplet/protocols/http/escape_html.h>

namespace couplet {

namespace {

/// Titled by the status; `rest` is HTML.
Response page(int status, std::string_view rest) {
  const std::string title = std::to_string(status) + ' ' + std::string(reasonPhrase(status));
  Response response = Response::html("<!DOCTYPE html>\n<title>" + title + "</title>\n<h1>" + title +
                                     "</h1>\n" + std::string(rest));
  response.status = status;
  return response;
}

std::string paragraph(const std::string& html) { return "<p>" + html + "</p>\n"; }

}  // namespace

Response Response::text(std::string body) {
  static const Headers kText = Headers::lasting({{"Content-Type", "text/plain; charset=utf-8"}});
  return Response(200, kText, std::move(body));
}

Response Response::html(std::string body) {
  static const Headers kHtml = Headers::lasting({{"Content-Type", "text/html; charset=utf-8"}});
  return Response(200, kHtml, std::move(body));
}

Response Response::redirect(std::string_view location, int status) {
  constexpr int kRedirects[] = {301, 302, 303, 307, 308};
  if (std::count(std::begin(kRedirects), std::end(kRedirects), status) == 0) {
    throw std::invalid_argument("no status of a redirect: " + std::to_string(status));
  }
  const std::string place = escapeHTML(location);
  Response response = page(status, paragraph("<a href=\"" + place + "\">" + place + "</a>"));
  response.headers.add("Location", location);
  return response;
}

Response Response::stream(BodyProducer producer, std::string_view contentType) {
  Response response;
  response.headers.add("Content-Type", contentType);
  response.producer = std::move(producer);
  return response;
}

Response Response::upgrade(std::string_view protocol, std::shared_ptr<Factory> factory) {
  Response response(101);
  response.headers.add("Upgrade", protocol);
  response.next = std::move(factory);
  return response;
}

void Response::addCookie(const SetCookie& cookie) { headers.add("Set-Cookie", cookie.toHeader()); }

Response Response::error(int status, std::string_view why) {
  const bool saysMore = !why.empty() && why != reasonPhrase(status);
  return page(status, saysMore ? paragraph(escapeHTML(why)) : "");
}

}  // namespace couplet
