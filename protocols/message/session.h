// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Asking another program, whatever the protocol.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <couplet/deferred/callable.h>
#include <couplet/deferred/clock.h>
#include <couplet/deferred/deferred.h>
#include <couplet/protocols/message/detail/pending_reply.h>
#include <couplet/protocols/message/detail/type_of.h>
#include <couplet/protocols/message/faults.h>
#include <couplet/protocols/message/message.h>
#include <couplet/reactor/address.h>

#pragma GCC visibility push(default)
namespace couplet {

/// How a request is sent.
struct RequestOptions {
  /// How long its answer may take; then TimedOut. Nothing: for ever.
  std::optional<Duration> timeout = std::chrono::seconds(60);
};

/// A program at the other end of a connection, which can be asked. Belongs to the reactor's thread.
class Session {
 public:
  virtual ~Session() = default;

  /// The answer to `request`: an Out. Fails with the fault that came in its place: one of faults.h,
  /// one of `Faults`, which are an application's own, or a Faulted with the name of another.
  ///
  ///     session.request<Output>(Multiply{6, 7})
  ///     session.request<Output, DivideByZero>(Divide{6, 0})
  ///
  /// Where there is no connection it fails with NotConnected at once; where that ends before the
  /// answer came, with Abandoned, or with Closed when this side ended it; with Overloaded where too
  /// many are under way; with TooLarge where it cannot be sent; with UnexpectedReply where another
  /// message came. Cancelling it tells the other side, where its protocol can.
  template <Message Out, class... Faults, Message R>
  Deferred<Out> request(const R& request, RequestOptions options = {}) {
    auto reply = std::make_unique<detail::PendingReplyOf<Out, Faults...>>();
    Deferred<Out> answer = reply->deferred();
    ask(detail::TypeOf<R>::value, &request, std::move(reply));
    if (!options.timeout || !connected()) return answer;  // it has failed, or will at once
    return std::move(answer).addTimeout(
        *options.timeout, clock(), [](const Result<Out>&, Duration timeout) -> Result<Out> {
          return Failure(detail::timedOut(detail::TypeOf<R>::value.shortName(), timeout));
        });
  }

  virtual bool connected() const noexcept = 0;

  /// The other end. REQUIRES: connected()
  virtual Address getPeer() const = 0;

  /// `call` hears when the connection ends, once, and why: Closed where this side ended it,
  /// Abandoned where the other side did, or it broke, or the fault that the other side gave for a
  /// reason. What was under way has failed by then. Not where it has ended before, nor where the
  /// session itself goes first.
  void whenEnded(Callable<void(const Failure& why)> call) { ended_.push_back(std::move(call)); }

  /// Ends the connection: what is under way fails with Closed.
  virtual void close() = 0;

  /// For sessions that pass requests on: sends `request` and has `reply` told what comes of it,
  /// perhaps at once. Throws nothing.
  virtual void ask(const detail::MessageType& type, const void* request,
                   std::unique_ptr<detail::PendingReply> reply) = 0;

 protected:
  virtual Clock& clock() noexcept = 0;
  /// Calls what waits for that. It may destroy this.
  void tellEnded(const Failure& why) {
    for (auto& call : std::exchange(ended_, {})) call(why);
  }

 private:
  std::vector<Callable<void(const Failure&)>> ended_;
};

}  // namespace couplet
#pragma GCC visibility pop
