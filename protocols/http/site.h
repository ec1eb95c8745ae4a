// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A web site: a Factory that speaks HTTP/1.1 and asks resources or handlers for the answers.
// Twisted's Site.
#pragma once

#include <chrono>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include <couplet/deferred/callable.h>
#include <couplet/protocols/http/limits.h>
#include <couplet/protocols/http/message_head.h>
#include <couplet/protocols/http/resource.h>
#include <couplet/protocols/http/router.h>
#include <couplet/reactor/factory.h>

#pragma GCC visibility push(default)
namespace couplet {

class HTTPChannel;

/// How a site treats its clients.
struct SiteOptions {
  HTTPLimits limits;

  /// From the first byte of a head to its last, however slowly they come; then 408. A head is one
  /// packet or two: ten seconds are some retransmissions.
  Duration headDeadline = std::chrono::seconds(10);

  /// Between two requests, and before the first one; then the connection is closed. Twisted's 60 s.
  /// As long as an answer is not sent whole, some of it must be taken in this time.
  Duration idleTimeout = std::chrono::seconds(60);

  /// A body that comes more slowly than this is a 408: in each `bodyPatience` so many bytes at
  /// least. Less than any modem, more than an attacker wants to pay.
  std::size_t bodyBytesPerPatience = 5000;
  Duration bodyPatience = std::chrono::seconds(10);

  /// How much a client may send behind a request that is still at work, in bytes, before it is no
  /// longer read until there is an answer; what one read gives, 64 KiB, may go beyond it. Twisted's
  /// 16 KiB.
  std::size_t pipelined = 16 * 1024;

  /// How long a client that was refused may go on to send, which is dropped, so that it reads why
  /// before its bytes meet a reset. nginx's lingering_timeout is 5 s.
  Duration lingering = std::chrono::seconds(2);

  /// Whether a client that has ended its direction still wants the answers that are at work. If
  /// not, it has left, and they are cancelled.
  bool allowHalfClose = false;

  /// The pages of errors that neither a handler nor a resource has made: 400 to 505.
  Callable<Response(int status, std::string_view why)> errorPage = &Response::error;

  /// What the Date of responses says, in seconds since 1970.
  Callable<std::time_t()> wallTime;
};

/// Answers with a tree of resources, or with a router:
///
///     Router router;
///     router.get("/", [](Request&) { return Response::text("Hello, world!\n"); });
///     reactor->listenTCP(8080, std::make_shared<Site>(std::move(router)));
class Site : public Factory {
 public:
  explicit Site(std::shared_ptr<Resource> root, SiteOptions options = {});
  explicit Site(Router router, SiteOptions options = {});
  ~Site() override;

  std::unique_ptr<Protocol> buildProtocol(const Address& peer) override;

 private:
  friend class HTTPChannel;

  Answer render(Request& request);
  Response errorPage(int status, std::string_view why);
  /// The lines that each response has: Date, and `Connection: close` where that is so.
  std::string_view lines(bool close);
  std::unique_ptr<Request> newRequest();
  void recycle(std::unique_ptr<Request> request) noexcept;

  SiteOptions options_;
  std::shared_ptr<Resource> root_;
  HTTPHeadTable table_;                          // of all channels
  std::string out_;                              // what a channel is about to write
  std::vector<std::unique_ptr<Request>> spare_;  // requests to use again, with their memory
  std::time_t linesOf_ = -1;                     // the time in lines_
  std::string lines_;
};

}  // namespace couplet
#pragma GCC visibility pop
