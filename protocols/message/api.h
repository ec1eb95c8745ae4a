// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a program answers: messages, each with its handler. It knows no protocol; any number of them
// may serve it at once.
#pragma once

#include <chrono>
#include <ctime>
#include <memory>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <couplet/deferred/clock.h>
#include <couplet/protocols/message/detail/handling.h>
#include <couplet/protocols/message/detail/session_kind.h>
#include <couplet/protocols/message/message.h>
#include <couplet/protocols/message/service.h>
#include <couplet/protocols/message/sessions.h>
#include <couplet/reactor/wall_time.h>

#pragma GCC visibility push(default)
namespace couplet {

/// The requests of an API, in the order in which it lists them: what its server and its clients
/// share.
///
///     using CrunchRequests = couplet::Requests<Multiply, Divide>;
template <Message... R>
struct Requests {};

/// Requests and their handlers.
///
///     Api api(CrunchRequests(),
///             [](const Multiply& m) { return Output{m.x * m.y}; },
///             [](const Divide& m) {
///               if (m.y == 0) throw DivideByZero();
///               return Output{m.x / m.y};
///             });
///
/// A handler takes one of the requests, or several where its call operator is overloaded. It
/// returns a message, a fault, nothing (which is answered by Ack), a Result or a Deferred of these,
/// or is a coroutine. What it throws is answered: a Fault as it is, anything else by a
/// `couplet.Faulted` which does not say what it was, that being in the log.
///
/// A handler that returns a Deferred may use its request until that is fired, a coroutine
/// throughout. Who asked and went away cancels the Deferred. Handlers run on the reactor's thread.
///
/// Does not compile where a request has no handler, or more than one, or a handler returns
/// something else.
class Api {
 public:
  template <Message... R, class... Handlers>
  explicit Api(Requests<R...> requests, Handlers... handlers) {
    handle<void>(requests, std::move(handlers)...);
  }
  /// With an object for each connection, which handlers may take beside the request.
  template <Message... R, class S, class... Handlers>
  Api(Requests<R...> requests, SessionsOf<S> sessions, Handlers... handlers)
      : sessions_(std::make_unique<detail::SessionKindOf<S>>(std::move(sessions))) {
    handle<S>(requests, std::move(handlers)...);
  }

  Api(Api&&) noexcept = default;

  /// Expects an answer to each request within `responsiveness`: from now on requests are counted,
  /// and some fail with Overloaded while answers take too long (see ServiceMeter), or with
  /// OutOfService while an operator says so (see newApiControl). `clock` is the reactor, and must
  /// outlive this, and the handlers at work; `wallTime` says the time of day, in seconds since
  /// 1970. Once, before it is served.
  void expect(Clock& clock, Duration responsiveness = std::chrono::seconds(3),
              std::time_t (*wallTime)() = &couplet::wallTime);

  /// What is expected of the request of this name, and what has become of it so far; null where
  /// there is none, or nothing is expected.
  Service* service(std::string_view name) const noexcept;

  /// The request of this name, whole as on the wire ("crunch_api.Multiply") or without its module;
  /// null for none.
  detail::ApiRequest* find(std::string_view name) const noexcept;

  /// What it keeps for connections; null where that is nothing.
  detail::SessionKind* sessions() const noexcept { return sessions_.get(); }

  /// All of them, in their order.
  std::span<const std::unique_ptr<detail::ApiRequest>> requests() const noexcept {
    return requests_;
  }

 private:
  template <class S, class... R, class... Handlers>
  void handle(Requests<R...>, Handlers... handlers) {
    static_assert(sizeof...(R) > 0, "couplet: an Api without requests");
    auto all = std::make_shared<std::tuple<Handlers...>>(std::move(handlers)...);
    (add(detail::newHandling<R, S>(*all)), ...);
    handlers_ = std::move(all);
  }
  /// Throws std::invalid_argument where there is one of that name.
  void add(std::unique_ptr<detail::ApiRequest> request);

  std::unique_ptr<detail::SessionKind> sessions_;
  std::shared_ptr<void> handlers_;
  std::vector<std::unique_ptr<detail::ApiRequest>> requests_;
};

}  // namespace couplet
#pragma GCC visibility pop
