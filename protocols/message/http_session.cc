// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/http_session.h>

#include <utility>

#include <couplet/protocols/http/client_errors.h>
#include <couplet/protocols/http/errors.h>
#include <couplet/protocols/http/read_body.h>
#include <couplet/protocols/message/wire.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/reactor.h>

namespace couplet {

namespace {

AgentOptions agentOptions(Reactor& reactor, const HTTPSessionOptions& options) {
  HTTPPoolOptions pool;
  pool.maxPerHost = pool.maxPersistentPerHost = options.connections;
  pool.maxWaiting = options.mostWaiting;
  pool.waitTimeout = std::nullopt;  // the request has its own
  AgentOptions agent;
  agent.pool = std::make_shared<HTTPConnectionPool>(reactor, pool);
  return agent;
}

/// What a request that has no answer fails with.
Failure faultOf(const Failure& reason, const Address& address) {
  if (reason.check<Fault, CancelledError>()) return reason;
  if (const auto* error = reason.get<ConnectError>()) {
    return Failure(NotConnected(address.toString(), error->errorNumber()));
  }
  if (reason.check<TooManyWaitingError>()) {
    return Failure(Overloaded("too many requests wait for " + address.toString()));
  }
  if (reason.check<ConnectionDone, ConnectionLost>()) return Failure(Abandoned(reason.message()));
  if (reason.check<TimeoutError>()) return Failure(TimedOut(reason.message()));
  if (reason.check<BodyTooLongError>()) return Failure(TooLarge(reason.message()));
  return Failure(Faulted("no answer from " + address.toString(), reason.message()));
}

/// What a response says in place of a message of `type`; nothing where it was that.
std::optional<Failure> read(const Response& response, detail::PendingReply& reply,
                            const JSONLimits& limits) {
  auto other =
      detail::readWire(response.body, reply.type(), reply.message(), reply.faults(), limits);
  if (!other || !other->check<MessageError>()) return other;
  return Failure(Faulted("an answer that is none, with status " + std::to_string(response.status),
                         other->message()));
}

}  // namespace

HTTPSession::HTTPSession(Reactor& reactor, std::string host, std::uint16_t port,
                         HTTPSessionOptions options)
    : reactor_(reactor),
      address_{std::move(host), port},
      options_(options),
      agent_(reactor, agentOptions(reactor, options)) {}

HTTPSession::~HTTPSession() { close(); }

Clock& HTTPSession::clock() noexcept { return reactor_; }

void HTTPSession::close() {
  closed_ = true;
  for (auto& [id, work] : std::exchange(work_, {})) {
    work.reply->tellCancelTo(nullptr, 0);
    std::move(work.asking).discard();
    work.reply->failed(Failure(Closed()));
  }
}

void HTTPSession::ask(const detail::MessageType& type, const void* request,
                      std::unique_ptr<detail::PendingReply> reply) {
  if (closed_) return reply->failed(Failure(NotConnected::to(address_.toString(), "closed")));
  std::string body;
  try {
    detail::writeJSON(body, type, request);
  } catch (const MessageError& error) {
    return reply->failed(Failure(BadRequest(error.what())));
  }
  const std::uint64_t id = ++lastId_;
  reply->tellCancelTo(this, id);
  work_[id].reply = std::move(reply);
  auto asking = agent_
                    .request("POST", "http://" + address_.toString() + "/" + std::string(type.name),
                             {{"Content-Type", "application/json"}}, std::move(body))
                    .addCallback([limit = options_.longestAnswer](Response response) {
                      return withBody(std::move(response), limit);
                    })
                    .addCallbacks([this, id](const Response& response) { answered(id, response); },
                                  [this, id](const Failure& reason) { failed(id, reason); });
  const auto work = work_.find(id);
  if (work != work_.end()) work->second.asking = std::move(asking);
}

HTTPSession::Work HTTPSession::take(std::uint64_t id) {
  Work work = std::move(work_.extract(id).mapped());
  work.reply->tellCancelTo(nullptr, 0);
  return work;
}

void HTTPSession::cancelled(detail::PendingReply& reply) {
  Work work = take(reply.id());
  std::move(work.asking).discard();
}

void HTTPSession::answered(std::uint64_t id, const Response& response) {
  const Work work = take(id);
  auto other = read(response, *work.reply, options_.limits);
  other ? work.reply->failed(std::move(*other)) : work.reply->arrived();
}

void HTTPSession::failed(std::uint64_t id, const Failure& reason) {
  const Work work = take(id);
  work.reply->failed(faultOf(reason, address_));
}

}  // namespace couplet
