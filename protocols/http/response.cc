// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/response.h>

#include <couplet/protocols/http/escape_html.h>

namespace couplet {

namespace {

Response page(int status, std::string_view html) {
  const std::string title = std::to_string(status) + ' ' + std::string(reasonPhrase(status));
  Response response = Response::html("<!DOCTYPE html>\n<title>" + title + "</title>\n<h1>" + title +
                                     "</h1>\n<p>" + std::string(html) + "</p>\n");
  response.status = status;
  return response;
}

}  // namespace

Response Response::text(std::string body) {
  Response response(200, std::move(body));
  response.headers.add("Content-Type", "text/plain; charset=utf-8");
  return response;
}

Response Response::html(std::string body) {
  Response response(200, std::move(body));
  response.headers.add("Content-Type", "text/html; charset=utf-8");
  return response;
}

Response Response::redirect(std::string_view location, int status) {
  const std::string place = escapeHTML(location);
  Response response = page(status, "<a href=\"" + place + "\">" + place + "</a>");
  response.headers.add("Location", location);
  return response;
}

Response Response::error(int status, std::string_view why) {
  return page(status, escapeHTML(why.empty() ? reasonPhrase(status) : why));
}

}  // namespace couplet
