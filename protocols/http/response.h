// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a server answers, and what a client gets.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <couplet/deferred/callable.h>
#include <couplet/deferred/deferred.h>
#include <couplet/protocols/http/headers.h>
#include <couplet/protocols/http/incoming_body.h>
#include <couplet/protocols/http/outgoing_body.h>
#include <couplet/protocols/http/status.h>

#pragma GCC visibility push(default)
namespace couplet {

class Factory;
class Request;
struct SetCookie;

/// A response. A value: change its members as you like. The server adds Date, Content-Length or
/// Transfer-Encoding, and Connection when it sends it, and sends no body where there may be none.
///
///     return Response::text("HERE IS MY POEM");
///     return Response::redirect("/poems/1");
struct Response {
  Response() = default;
  explicit Response(int code, std::string bytes = "") : status(code), body(std::move(bytes)) {}
  /// With headers that many responses have: see Headers::lasting.
  Response(int code, const Headers& fields, std::string&& bytes)
      : status(code), headers(fields), body(std::move(bytes)) {}

  /// 200, as `text/plain; charset=utf-8` or `text/html; charset=utf-8`.
  static Response text(std::string body);
  /// REQUIRES: what came from outside is escaped in it, see escapeHTML
  static Response html(std::string body);

  /// Sends the client elsewhere: 302 unless it is said otherwise, with a short page for people.
  /// Throws std::invalid_argument when `location` has a byte that may not stand in a header, and
  /// for a status other than 301, 302, 303, 307 and 308.
  static Response redirect(std::string_view location, int status = 302);

  /// 200, with a body that is made as it is sent: with the Content-Length that you give among the
  /// headers, or else chunked. Not made at all where no body is sent, as to HEAD.
  static Response stream(BodyProducer producer,
                         std::string_view contentType = "application/octet-stream");

  /// 101: when it is sent, the connection goes on with a protocol that `factory` builds, which gets
  /// what the client sent behind its request. For `protocol`, the name in the Upgrade field. Throws
  /// std::invalid_argument for a name that may not stand there.
  static Response upgrade(std::string_view protocol, std::shared_ptr<Factory> factory);

  /// The page of an error: the status, and below it `why`, escaped, where that says more. See
  /// SiteOptions to have others.
  static Response error(int status, std::string_view why = "");

  /// Adds a Set-Cookie field. Throws what SetCookie::toHeader does.
  void addCookie(const SetCookie& cookie);

  int status = 200;
  Headers headers;
  std::string body;

  /// Makes the body, in the place of `body`, where it is set.
  BodyProducer producer;

  /// The body as it comes, of a response that an Agent got. A server that is given such a response
  /// passes its body on.
  IncomingBody incoming;

  /// Of 101, and of 2xx to CONNECT: builds the protocol that goes on with the connection.
  std::shared_ptr<Factory> next;
};

/// An answer that is none: thrown by a handler, or the failure of its Deferred, it becomes the page
/// of that status. Others become 500, and are logged.
class HTTPError : public std::runtime_error {
 public:
  /// `why` is shown to the client; `headers` go along with the page: Allow, Retry-After.
  explicit HTTPError(int status, const std::string& why = "", Headers headers = {})
      : std::runtime_error(why.empty() ? std::string(reasonPhrase(status)) : why),
        status_(status),
        headers_(std::move(headers)) {}

  int status() const noexcept { return status_; }
  const Headers& headers() const noexcept { return headers_; }

 private:
  int status_;
  Headers headers_;
};

/// What handlers return: a Response that is there, or one that comes later, of a chain or a
/// coroutine.
class Answer {
 public:
  Answer(Response response) noexcept : ready_(std::move(response)), isReady_(true) {}
  /// Throws std::logic_error for an empty one, which would never come.
  Answer(Deferred<Response> response) : later_(std::move(response)), isReady_(false) {
    requireOne();
  }
  Answer(Answer&& other) noexcept : isReady_(other.isReady_) {
    isReady_ ? static_cast<void>(::new (&ready_) Response(std::move(other.ready_)))
             : static_cast<void>(::new (&later_) Deferred<Response>(std::move(other.later_)));
  }
  Answer& operator=(Answer&&) = delete;
  ~Answer() { isReady_ ? ready_.~Response() : later_.~Deferred(); }

  /// What `handler` returns, made in its place.
  template <class F>
  static Answer of(F& handler, Request& request) {
    using Given = std::invoke_result_t<F&, Request&>;
    if constexpr (std::same_as<Given, Response>) {
      return Answer(Now(), handler, request);
    } else if constexpr (std::same_as<Given, Deferred<Response>>) {
      return Answer(Later(), handler, request);
    } else {
      return handler(request);
    }
  }

  /// Null where it comes later.
  Response* ready() noexcept { return isReady_ ? &ready_ : nullptr; }
  /// REQUIRES: !ready()
  Deferred<Response>& later() noexcept { return later_; }

 private:
  struct Now {};
  struct Later {};

  template <class F>
  Answer(Now, F& handler, Request& request) : ready_(handler(request)), isReady_(true) {}
  template <class F>
  Answer(Later, F& handler, Request& request) : later_(handler(request)), isReady_(false) {
    requireOne();
  }
  void requireOne() const {
    if (!later_) throw std::logic_error("the answer is an empty Deferred");
  }

  union {
    Response ready_;
    Deferred<Response> later_;
  };
  bool isReady_;
};

/// Answers a request: may return a Response, a Deferred<Response>, or be a coroutine. The request
/// outlives what it returns. False where there is none.
class Handler {
 public:
  Handler() noexcept = default;
  Handler(std::nullptr_t) noexcept {}
  template <class F>
  requires(!std::same_as<std::remove_cvref_t<F>, Handler> &&
           std::is_invocable_r_v<Answer, std::decay_t<F>&, Request&>) Handler(F&& handler) {
    if (isNothing(handler)) return;
    call_ = [handler = std::decay_t<F>(std::forward<F>(handler))](Request& request) mutable {
      return Answer::of(handler, request);
    };
  }

  explicit operator bool() const noexcept { return static_cast<bool>(call_); }

  Answer operator()(Request& request) { return call_(request); }

 private:
  /// Whether it is a pointer to no function, or a function object that has none.
  template <class F>
  static bool isNothing(const F& handler) noexcept {
    if constexpr (std::is_pointer_v<F>) {
      return handler == nullptr;
    } else if constexpr (requires { handler.operator bool(); }) {
      return !handler;
    } else {
      return false;
    }
  }

  Callable<Answer(Request&)> call_;
};

}  // namespace couplet
#pragma GCC visibility pop
