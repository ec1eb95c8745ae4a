// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a server answers.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <couplet/deferred/deferred.h>
#include <couplet/protocols/http/headers.h>
#include <couplet/protocols/http/status.h>

#pragma GCC visibility push(default)
namespace couplet {

/// A whole response. A value: change its members as you like. The server adds Date,
/// Content-Length and Connection when it sends it, and sends no body where there may be none.
///
///     return Response::text("HERE IS MY POEM");
///     return Response::redirect("/poems/1");
struct Response {
  Response() = default;
  explicit Response(int code, std::string bytes = "") : status(code), body(std::move(bytes)) {}

  /// 200, as `text/plain; charset=utf-8` or `text/html; charset=utf-8`.
  static Response text(std::string body);
  /// REQUIRES: what came from outside is escaped in it, see escapeHTML
  static Response html(std::string body);

  /// Sends the client elsewhere: 302 unless it is said otherwise, with a short page for people.
  /// Throws std::invalid_argument when `location` has a byte that may not stand in a header.
  static Response redirect(std::string_view location, int status = 302);

  /// The page of an error: small, and escaped. See SiteOptions to have others.
  static Response error(int status, std::string_view why = "");

  int status = 200;
  Headers headers;
  std::string body;
};

/// An answer that is none: thrown by a handler, or the failure of its Deferred, it becomes the page
/// of that status. Others become 500, and are logged.
class HTTPError : public std::runtime_error {
 public:
  /// `why` is shown to the client.
  explicit HTTPError(int status, const std::string& why = "")
      : std::runtime_error(why.empty() ? std::string(reasonPhrase(status)) : why),
        status_(status) {}

  int status() const noexcept { return status_; }

 private:
  int status_;
};

/// What handlers return: a Response that is there, or one that comes later, of a chain or a
/// coroutine.
class Answer {
 public:
  Answer(Response response) : what_(std::move(response)) {}            // NOLINT: meant
  Answer(Deferred<Response> response) : what_(std::move(response)) {}  // NOLINT: meant

  /// Null where it comes later.
  Response* ready() noexcept { return std::get_if<Response>(&what_); }
  /// REQUIRES: !ready()
  Deferred<Response> later() && { return std::get<Deferred<Response>>(std::move(what_)); }

 private:
  std::variant<Response, Deferred<Response>> what_;
};

}  // namespace couplet
#pragma GCC visibility pop
