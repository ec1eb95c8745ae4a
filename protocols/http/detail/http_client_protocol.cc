// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/detail/http_client_protocol.h>

#include <algorithm>
#include <utility>

#include <couplet/protocols/http/client_errors.h>
#include <couplet/protocols/http/detail/refusals.h>
#include <couplet/protocols/http/errors.h>
#include <couplet/protocols/http/status.h>

namespace couplet::detail {

namespace {

/// 1xx responses before one response. A server may send 103 several times, and 102 while it works;
/// no other sends more than one.
constexpr int kMostInterims = 100;

constexpr HTTPRefusal kManyInterims{502, "The server sends interim responses without an end."};

}  // namespace

HTTPClientProtocol::HTTPClientProtocol(std::shared_ptr<ClientConnections> connections,
                                       std::shared_ptr<ConnectionWaiter> waiter)
    : connections_(std::move(connections)),
      key_(waiter->to.key),
      waiter_(std::move(waiter)),
      parser_(limits_, connections_->table()) {}

/// The work that may use the body of the request goes first.
HTTPClientProtocol::~HTTPClientProtocol() {
  endWork();
  connections_->dropIdle(*this);
  if (!left_) connections_->forget(key_);
  if (exchange_) fail(*exchange_, Failure(ConnectionLost()));
  if (lost_) lost_->callback();
}

void HTTPClientProtocol::connectionMade() { giveTo(*std::exchange(waiter_, nullptr)); }

void HTTPClientProtocol::giveTo(ConnectionWaiter& waiter) {
  if (waiter.promise.pending()) waiter.promise.callback(this);
  if (!exchange_) close();
}

void HTTPClientProtocol::close() {
  connections_->dropIdle(*this);
  setTimeout(std::nullopt);
  transport().loseConnection();
}

/// Without what may be secret in the URL; user names and passwords no Url has.
std::string HTTPClientProtocol::Exchange::Canceller::waitsFor() const {
  const std::string& url = whose.request.url;
  return "the answer to " + whose.request.method + " " + url.substr(0, url.find_first_of("?#"));
}

Deferred<void> HTTPClientProtocol::whenLost() { return lost_.emplace().deferred(); }

// What is sent

Deferred<Response> HTTPClientProtocol::ask(ClientRequest request) {
  if (!connected()) return couplet::fail<Response>(ResponseNeverReceived(request.url));
  limits_ = request.limits;
  const bool offersUpgrade = request.next && request.method != "CONNECT";
  parser_.expectResponse({.method = request.method, .offersUpgrade = offersUpgrade});
  exchange_ = std::make_unique<Exchange>(std::move(request));
  Exchange& exchange = *exchange_;
  exchange.answer = Promise<Response>(Exchange::Canceller{*this, exchange});
  Deferred<Response> response = exchange.answer.deferred();
  transport().write(exchange.request.bytes);
  setTimeout(exchange.request.headTimeout);
  if (const auto deadline = exchange.request.deadline) {
    const Duration left = std::max(Duration::zero(), *deadline - transport().clock().now());
    exchange.deadline = callLater(left, [this] {
      const ClientRequest& late = exchange_->request;
      giveUp(Failure(TimeoutError(*late.timeout, "the whole of " + late.url)));
    });
  }
  exchange.request.producer ? startBody() : void(exchange.sent = true);
  return response;
}

/// The work of the producer ends with the connection.
void HTTPClientProtocol::startBody() {
  const Exchange* const whose = exchange_.get();
  out_.emplace(transport(), exchange_->request.writer, exchange_->request.producer);
  whileConnected(out_->start().addBoth(
      [this, whose](const Result<void>& result) { bodySent(whose, result); }));
}

/// The body is made, or cannot be: then the server must not take it for whole.
void HTTPClientProtocol::bodySent(const Exchange* whose, const Result<void>& result) {
  if (exchange_.get() != whose) return;
  try {
    result.value();
    out_->finish();
  } catch (...) {
    return giveUp(Failure::current());
  }
  exchange_->sent = true;
  if (!exchange_->headCame) setTimeout(exchange_->request.headTimeout);
}

/// What is not sent yet never is. The promise is in use, and so is what it belongs to.
void HTTPClientProtocol::cancelled(const Exchange* whose) {
  if (exchange_.get() != whose) return;
  last_ = endExchange();
  transport().abortConnection();
}

// What comes

void HTTPClientProtocol::dataReceived(std::string_view bytes) {
  if (!exchange_) return close();
  if (!parser_.begun() && takenOf(*exchange_) == 0) {  // it answers nothing that was asked here
    return giveUp(Failure(ResponseNeverReceived(exchange_->request.url)));
  }
  std::string arrived;
  HTTPEvent event = parser_.next(bytes);
  while (note(event, arrived)) event = parser_.next(bytes);
  if (event == HTTPEvent::kInterim) return refuse(arrived, kManyInterims);
  if (event == HTTPEvent::kRefused) return refuse(arrived, *parser_.refused());
  if (event == HTTPEvent::kHandedOver) return handOver(bytes);
  if (event == HTTPEvent::kEnd) return finish(arrived, bytes);
  if (exchange_->headCame) deliver(arrived);
}

/// Whether more is to be looked for.
bool HTTPClientProtocol::note(HTTPEvent event, std::string& arrived) {
  if (event == HTTPEvent::kInterim) return ++exchange_->interims <= kMostInterims;
  if (event == HTTPEvent::kHead) {
    headCame();
  } else if (event == HTTPEvent::kBody) {
    arrived.append(parser_.body());
  } else if (event == HTTPEvent::kTrailers) {
    if (const auto body = exchange_->body.lock()) body->setTrailers(parser_.trailers());
  } else {
    return false;
  }
  return true;
}

void HTTPClientProtocol::headCame() {
  const ResponseHead& head = parser_.head();
  Response& response = exchange_->response.emplace(head.status);
  response.headers.assign(head.fields, head.fieldLines);
  exchange_->headCame = true;
  const std::string& method = exchange_->request.method;
  const bool opens = method == "CONNECT" && head.status / 100 == 2;
  if (method == "HEAD" || opens || isBodiless(head.status)) return;
  const auto body = std::make_shared<BodyPipe>(static_cast<BodySource&>(*this), head.contentLength);
  exchange_->body = body;
  response.incoming = IncomingBody(body);
}

/// A part of the body; before it the head, where nobody has that yet.
void HTTPClientProtocol::deliver(std::string_view arrived) {
  exchange_->overdue = false;
  setTimeout(exchange_->request.bodyTimeout);
  if (const auto body = exchange_->body.lock(); body && !arrived.empty()) body->push(arrived);
  if (exchange_) answer(*exchange_);
  const auto body = exchange_ ? exchange_->body.lock() : nullptr;
  if (body && !body->hungry()) transport().pauseProducing();
}

/// The response is over.
void HTTPClientProtocol::finish(std::string_view arrived, std::string_view behind) {
  parser_.next(behind);
  const bool keeps = mayGoOn(*exchange_);
  const bool isSent = exchange_->sent && transport().unsent() == 0;
  const std::unique_ptr<Exchange> over = endExchange();
  ++responses_;
  if (keeps && isSent) {
    if (transport().paused()) transport().resumeProducing();
    setTimeout(connections_->options().idleTimeout);
    connections_->put(*this);
  } else {
    isSent ? transport().loseConnection() : transport().abortConnection();
  }
  if (const auto body = over->body.lock()) body->end(arrived);
  answer(*over);
}

bool HTTPClientProtocol::mayGoOn(const Exchange& exchange) const {
  return parser_.reusable() && !exchange.request.isLast && connected();
}

/// Who has the head, or is to get it, is told by the body.
void HTTPClientProtocol::refuse(std::string_view arrived, const HTTPRefusal& why) {
  const std::unique_ptr<Exchange> refused = endExchange();
  transport().abortConnection();
  fail(*refused, Failure(RemoteProtocolError(why)), arrived);
}

/// To a protocol that gets the bytes that came behind the head; the head is heard of in between.
void HTTPClientProtocol::handOver(std::string_view bytes) {
  const std::unique_ptr<Exchange> over = endExchange();
  std::unique_ptr<Protocol> next = std::move(over->request.next);
  left_ = true;
  connections_->left(*this);
  Protocol& protocol = *next;
  transport().setProtocol(std::move(next));
  answer(*over);
  if (!bytes.empty() && protocol.connected()) protocol.dataReceived(bytes);
}

void HTTPClientProtocol::readConnectionLost() {
  if (!exchange_) return close();
  if (!parser_.begun()) return giveUp(Failure(ResponseNeverReceived(exchange_->request.url)));
  if (parser_.inputEnded() == HTTPEvent::kEnd) return finish({}, {});
  refuse({}, *parser_.refused());
}

void HTTPClientProtocol::connectionLost(const Failure& reason) {
  const std::unique_ptr<Exchange> cut = exchange_ ? endExchange() : nullptr;
  if (!std::exchange(left_, true)) connections_->left(*this);
  if (cut) {
    fail(*cut, parser_.begun() ? reason : Failure(ResponseNeverReceived(cut->request.url)));
  }
  if (lost_) std::exchange(lost_, std::nullopt)->callback();
}

// Whoever reads the body

void HTTPClientProtocol::bodyWanted() {
  if (!exchange_) return;
  exchange_->overdue = false;
  setTimeout(exchange_->request.bodyTimeout);
  if (transport().paused()) transport().resumeProducing();
}

void HTTPClientProtocol::bodyDropped() noexcept {
  if (!exchange_) return;
  endExchange();
  transport().abortConnection();
}

// Time

/// Before it gives up what came while the program itself was busy is looked at.
void HTTPClientProtocol::timeoutConnection() {
  if (!exchange_) return close();
  Exchange& exchange = *exchange_;
  const ClientRequest& request = exchange.request;
  if (exchange.headCame) {
    const auto body = exchange.body.lock();
    if (!body || !body->awaited()) return;
  } else if (isStillSending(exchange)) {
    setTimeout(request.headTimeout);
    return;
  }
  if (!std::exchange(exchange.overdue, true)) return void(setTimeout(Duration::zero()));
  giveUp(Failure(exchange.headCame
                     ? TimeoutError(request.bodyTimeout, "the body of " + request.url)
                     : TimeoutError(request.headTimeout, "the head of " + request.url)));
}

/// Whether the request is not all sent, and the server has taken some of it, or can take more.
bool HTTPClientProtocol::isStillSending(Exchange& exchange) {
  const std::uint64_t unsent = transport().unsent();
  const std::uint64_t taken = takenOf(exchange);
  const bool goesOn = std::exchange(exchange.taken, taken) < taken;
  if (exchange.sent) return unsent > 0 && goesOn;
  return unsent == 0 || goesOn;
}

/// How many bytes of the request have left.
std::uint64_t HTTPClientProtocol::takenOf(const Exchange& exchange) const {
  std::uint64_t bytes = exchange.request.bytes.size();
  if (exchange.request.producer) bytes += out_->sent();
  return bytes - std::min<std::uint64_t>(bytes, transport().unsent());
}

// The end

std::unique_ptr<HTTPClientProtocol::Exchange> HTTPClientProtocol::endExchange() {
  if (exchange_->deadline.active()) exchange_->deadline.cancel();
  setTimeout(std::nullopt);
  return std::move(exchange_);
}

void HTTPClientProtocol::giveUp(const Failure& reason) {
  const std::unique_ptr<Exchange> given = endExchange();
  transport().abortConnection();
  fail(*given, reason);
}

/// The last thing done with an exchange that goes on: who hears the answer may end it.
void HTTPClientProtocol::answer(Exchange& exchange) {
  if (!exchange.response) return;
  Promise<Response> promise = std::move(exchange.answer);
  Response response = std::move(*std::exchange(exchange.response, std::nullopt));
  if (promise.pending()) promise.callback(std::move(response));
}

void HTTPClientProtocol::fail(Exchange& exchange, const Failure& reason, std::string_view arrived) {
  if (const auto body = exchange.body.lock()) {
    if (!arrived.empty()) body->push(arrived);
    body->fail(reason);
  }
  if (exchange.headCame) return answer(exchange);
  if (exchange.answer.pending()) exchange.answer.errback(reason);
}

}  // namespace couplet::detail
