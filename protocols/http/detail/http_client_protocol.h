// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The client's side of an HTTP/1.1 connection. Twisted's HTTP11ClientProtocol.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <couplet/deferred/deferred.h>
#include <couplet/protocols/http/detail/body_pipe.h>
#include <couplet/protocols/http/detail/client_connections.h>
#include <couplet/protocols/http/detail/client_request.h>
#include <couplet/protocols/http/outgoing_body.h>
#include <couplet/protocols/http/response.h>
#include <couplet/protocols/http/response_parser.h>
#include <couplet/protocols/timeout_mixin.h>

namespace couplet::detail {

/// Sends a request, and takes the response; then the next. Between two it is idle, and its pool's.
///
///     idle -> awaiting a head -> body -> (idle | closed)
///                             -> handed over
///
/// A delivery is parsed to its end before anybody hears of it: so who gets a whole response may use
/// the connection again, and no callback runs while the shared table is read.
class HTTPClientProtocol final : public TimeoutMixin<Protocol>, private BodySource {
 public:
  HTTPClientProtocol(std::shared_ptr<ClientConnections> connections,
                     std::shared_ptr<ConnectionWaiter> waiter);
  ~HTTPClientProtocol() override;

  /// Fires when the head of the response has come; fails with ResponseNeverReceived where the
  /// connection was lost before its first byte. Cancelling aborts the connection. REQUIRES: it is
  /// idle
  Deferred<Response> ask(ClientRequest request);

  /// Whether it has carried a request, so that it may be stale.
  bool reused() const noexcept { return responses_ > 0; }

  /// REQUIRES: it is idle, and `waiter` waits
  void giveTo(ConnectionWaiter& waiter);
  void close();
  Deferred<void> whenLost();

  const std::string& key() const noexcept { return key_; }

  void connectionMade() override;
  void dataReceived(std::string_view bytes) override;
  void readConnectionLost() override;
  void connectionLost(const Failure& reason) override;
  void timeoutConnection() override;

 private:
  /// A request, and its response as far as it came.
  struct Exchange {
    /// Of the answer.
    struct Canceller {
      HTTPClientProtocol& protocol;
      Exchange& whose;

      void operator()(Promise<Response>&) const { protocol.cancelled(&whose); }
      std::string waitsFor() const;
    };

    explicit Exchange(ClientRequest asked) : request(std::move(asked)) {}

    ClientRequest request;
    Promise<Response> answer;
    std::optional<Response> response;  // until somebody has it
    std::weak_ptr<BodyPipe> body;
    bool headCame = false;
    bool sent = false;        // to the last byte, as far as this side knows
    bool overdue = false;     // a time-out has run out, and only what is there already may help
    int interims = 0;         // 1xx responses before the response
    std::uint64_t taken = 0;  // of the request, when the time-out was last looked at
    DelayedCall deadline;
  };

  void bodyWanted() override;
  void bodyDropped() noexcept override;

  void startBody();
  void bodySent(const Exchange* whose, const Result<void>& result);
  void cancelled(const Exchange* whose);

  bool note(HTTPEvent event, std::string& arrived);
  void headCame();
  void deliver(std::string_view arrived);
  void finish(std::string_view arrived, std::string_view behind);
  void refuse(std::string_view arrived, const HTTPRefusal& why);
  void handOver(std::string_view bytes);

  bool mayGoOn(const Exchange& exchange) const;
  bool isStillSending(Exchange& exchange);
  std::uint64_t takenOf(const Exchange& exchange) const;
  std::unique_ptr<Exchange> endExchange();
  void giveUp(const Failure& reason);
  static void answer(Exchange& exchange);
  static void fail(Exchange& exchange, const Failure& reason, std::string_view arrived = {});

  const std::shared_ptr<ClientConnections> connections_;
  const std::string key_;
  std::shared_ptr<ConnectionWaiter> waiter_;  // until the connection is made
  HTTPLimits limits_;                         // of the request
  HTTPResponseParser parser_;
  std::unique_ptr<Exchange> exchange_;  // null while it is idle, and when it is closed
  std::unique_ptr<Exchange> last_;      // one that was cancelled, and so may be in use
  std::optional<OutgoingBody> out_;     // of the last request that had one; its producer may use it
  std::optional<Promise<void>> lost_;
  std::size_t responses_ = 0;
  bool left_ = false;  // the pool knows no more of it
};

}  // namespace couplet::detail
