// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A web site: a Factory that speaks HTTP/1.1 and asks resources or handlers for the answers.
// Twisted's Site.
#pragma once

#include <array>
#include <chrono>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <couplet/deferred/callable.h>
#include <couplet/deferred/clock.h>
#include <couplet/protocols/http/access_log.h>
#include <couplet/protocols/http/connection_object.h>
#include <couplet/protocols/http/limits.h>
#include <couplet/protocols/http/message_head.h>
#include <couplet/protocols/http/resource.h>
#include <couplet/protocols/http/router.h>
#include <couplet/reactor/factory.h>

namespace couplet::detail {
struct HTTPExchange;
}

#pragma GCC visibility push(default)
namespace couplet {

class HTTPChannel;

/// How a site treats its clients. Deadlines are kept to the second: on a busy site one may pass up
/// to a second late.
struct SiteOptions {
  HTTPLimits limits;

  /// From the first byte of a head to its last, however slowly they come; then 408. A head is one
  /// packet or two: ten seconds are some retransmissions.
  Duration headDeadline = std::chrono::seconds(10);

  /// Between two requests, and before the first one; then the connection is closed. Twisted's 60 s.
  Duration idleTimeout = std::chrono::seconds(60);

  /// A body that comes more slowly than this is a 408: in each `bodyPatience` so many bytes at
  /// least. Less than any modem, more than an attacker wants to pay.
  std::size_t bodyBytesPerPatience = 5000;
  Duration bodyPatience = std::chrono::seconds(10);

  /// Of what there is to read, a client must take so many bytes in each `responsePatience`, or all;
  /// or the connection is aborted.
  std::size_t responseBytesPerPatience = 5000;
  Duration responsePatience = std::chrono::seconds(10);

  /// How much a client may send behind a request that is still at work, in bytes, before it is no
  /// longer read until there is an answer; what one read gives, 64 KiB, may go beyond it. Twisted's
  /// 16 KiB.
  std::size_t pipelined = 16 * 1024;

  /// How long a client that was refused may go on to send, which is dropped, so that it reads why
  /// before its bytes meet a reset. nginx's lingering_timeout is 5 s.
  Duration lingering = std::chrono::seconds(2);

  /// Answers CONNECT; without it, that is a 501. The Response's `next` speaks through the tunnel.
  Handler connect;

  /// Whether a client that has ended its direction still wants the answers that are at work. If
  /// not, it has left, and they are cancelled.
  bool allowHalfClose = false;

  /// The pages of errors that neither a handler nor a resource has made: 400 to 505. `why` is for
  /// people, and empty for a 500: what went wrong there is logged and nobody else's business.
  Callable<Response(int status, std::string_view why)> errorPage = &Response::error;

  /// Hears of each response that was sent, or of which some was. `&logAccess` writes the combined
  /// format through glog. Off by default: what clients ask for is their own.
  Callable<void(const AccessRecord&)> accessLog;

  /// What the Date of responses says, in seconds since 1970.
  Callable<std::time_t()> wallTime;
};

/// Answers with a tree of resources, or with a router:
///
///     Router router;
///     router.get("/", [](Request&) { return Response::text("Hello, world!\n"); });
///     reactor->listenTCP(8080, std::make_shared<Site>(std::move(router)));
///
/// Any number of ports, of one reactor: a connection of another one, while there are connections,
/// is closed with a std::logic_error in the log.
class Site : public Factory {
 public:
  explicit Site(std::shared_ptr<Resource> root, SiteOptions options = {});
  explicit Site(Router router, SiteOptions options = {});
  ~Site() override;

  std::unique_ptr<Protocol> buildProtocol(const Address& peer) override;

  /// Ends the service in order: connections without a request are closed, others finish theirs and
  /// say `Connection: close`; what is not finished after `deadline` is aborted. Fires when the last
  /// one is closed. No more connections are taken: stop listening, too.
  ///
  ///     reactor->addShutdownTrigger(ShutdownPhase::kBefore, [=] { return site->drain(10s); });
  Deferred<void> drain(Duration deadline, SourceLocation here = SourceLocation::current());

 private:
  friend class HTTPChannel;

  static constexpr std::size_t kDateLineSize = 37;

  Clock::TimePoint now() const { return clock_->now(); }
  void lookAt(Clock::TimePoint deadline) {
    if (deadline < nextLook_) lookLater(deadline);
  }
  void lookLater(Clock::TimePoint deadline);
  void look();
  void remember(HTTPChannel& channel, Clock& clock);
  void forget(HTTPChannel& channel);
  Resource* find(Request& request);
  Resource* findBelowRoot(Request& request);
  BodyWanted bodyWanted(Request& request);
  Answer render(Request& request);
  Answer renderWithoutPath(Request& request);
  void logAccess(AccessRecord& record);
  Response errorPage(int status, std::string_view why);
  /// All of it, with its CR LF. Throws what the site's wallTime does.
  std::string_view dateLine() {
    const std::time_t now = options_.wallTime();
    if (dateOf_ != now) renderDate(now);
    return {dateLine_.data(), dateLine_.size()};
  }
  void renderDate(std::time_t now);
  std::unique_ptr<detail::HTTPExchange> newExchange();
  std::unique_ptr<detail::HTTPExchange> takeSpare();
  void recycle(std::unique_ptr<detail::HTTPExchange>& exchange) noexcept;
  void keepSpare(std::unique_ptr<detail::HTTPExchange> exchange) noexcept;

  SiteOptions options_;
  std::shared_ptr<Resource> root_;
  Clock* clock_ = nullptr;           // of the channels
  HTTPChannel* channels_ = nullptr;  // that are connected
  HTTPChannel* late_ = nullptr;      // of them, those whose deadline has passed
  DelayedCall lookCall_;             // at the deadlines of all channels
  Clock::TimePoint nextLook_ = Clock::TimePoint::max();
  Clock::TimePoint lastLook_{};
  std::vector<Promise<void>> draining_;                       // to be told when there are none
  bool drained_ = false;                                      // no more are taken
  ConnectionObjects objects_;                                 // of all channels
  HTTPHeadTable table_;                                       // of all channels
  std::string out_;                                           // what a channel is about to write
  std::unique_ptr<detail::HTTPExchange> nextSpare_;           // to use again before the others
  std::vector<std::unique_ptr<detail::HTTPExchange>> spare_;  // to use again
  std::size_t spareBytes_ = 0;                                // of bodies in them
  std::optional<std::time_t> dateOf_;                         // the time in dateLine_
  std::array<char, kDateLineSize> dateLine_;
};

}  // namespace couplet
#pragma GCC visibility pop
