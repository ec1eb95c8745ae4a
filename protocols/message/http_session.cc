// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/http_session.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include <couplet/protocols/http/percent.h>
#include <couplet/protocols/http/response_parser.h>
#include <couplet/protocols/http/serializer.h>
#include <couplet/protocols/message/detail/session_handle.h>
#include <couplet/protocols/message/wire.h>
#include <couplet/protocols/timeout_mixin.h>
#include <couplet/reactor/errors.h>

namespace couplet {

namespace {

using detail::PendingReply;

/// One at a time:
///
///     idle -> asked -> head -> body -> idle
class HTTPSessionProtocol final : public TimeoutMixin<Protocol>,
                                  public Session,
                                  private detail::Asked {
 public:
  HTTPSessionProtocol(std::string host, HTTPSessionOptions options, detail::SessionLink link)
      : host_(std::move(host)), options_(options), link_(std::move(link)) {
    limits_.body = options_.longestAnswer;
    Headers({{"Host", host_}, {"Content-Type", "application/json"}}).appendTo(fields_);
  }

  // Session
  bool connected() const noexcept override { return Protocol::connected(); }
  Address getPeer() const override { return transport().getPeer(); }
  void close() override;
  void ask(const detail::MessageType& type, const void* request,
           std::unique_ptr<PendingReply> reply) override;

  // Protocol
  void connectionMade() override;
  void dataReceived(std::string_view bytes) override;
  void readConnectionLost() override;
  void connectionLost(const Failure& reason) override;
  void timeoutConnection() override;

 private:
  /// A request, as it is sent; an enquiry has no reply.
  struct Asking {
    std::string bytes;
    std::unique_ptr<PendingReply> reply;
    std::uint64_t id = 0;
  };

  Clock& clock() noexcept override { return transport().clock(); }
  void cancelled(PendingReply& reply) override;
  std::string post(std::string_view name, std::string_view body) const;
  void sendNext();
  bool note(HTTPEvent event);
  void answered();
  void refuse(const char* why);

  const std::string host_;
  std::string fields_;  // of each request's head, as they are sent
  const HTTPSessionOptions options_;
  detail::SessionLink link_;
  HTTPLimits limits_;
  HTTPHeadTable table_;
  HTTPResponseParser parser_{limits_, table_};
  std::deque<Asking> asking_;  // the first one is with the server while busy_
  std::uint64_t lastId_ = 0;
  bool busy_ = false;
  bool closing_ = false;  // by this side
  int status_ = 0;        // of the response that comes
  std::string body_;      // of it, so far
};

/// What a response says in place of a message that `reply` wants; nothing where it was that.
std::optional<Failure> read(int status, std::string_view body, PendingReply& reply,
                            const JSONLimits& limits) {
  auto other = detail::readWire(body, reply.type(), reply.message(), reply.faults(), limits);
  if (!other || !other->check<MessageError>()) return other;
  return Failure(
      Faulted("an answer that is none, with status " + std::to_string(status), other->message()));
}

void HTTPSessionProtocol::connectionMade() {
  setTimeout(options_.enquireAfter);
  whenEnded([this](const Failure& why) { link_.end(why); });
  link_.begin(*this, clock());
}

void HTTPSessionProtocol::close() {
  if (!connected()) return;
  closing_ = true;
  busy_ ? transport().abortConnection() : transport().loseConnection();
}

std::string HTTPSessionProtocol::post(std::string_view name, std::string_view body) const {
  const std::string target = percentEncode(name);
  std::string bytes;
  bytes.reserve(target.size() + fields_.size() + body.size() + 64);
  bytes.append("POST /").append(target).append(" HTTP/1.1\r\n").append(fields_);
  bytes.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n");
  bytes.append(body);
  return bytes;
}

void HTTPSessionProtocol::ask(const detail::MessageType& type, const void* request,
                              std::unique_ptr<PendingReply> reply) {
  if (!connected()) return reply->failed(Failure(NotConnected::to(host_)));
  if (asking_.size() > options_.mostWaiting) {
    return reply->failed(Failure(Overloaded("too many requests wait for " + host_)));
  }
  Asking asked;
  try {
    std::string body;
    detail::writeJSON(body, type, request);
    asked.bytes = post(type.name, body);
  } catch (const MessageError& error) {
    return reply->failed(Failure(BadRequest(error.what())));
  }
  asked.id = ++lastId_;
  reply->tellCancelTo(this, asked.id);
  asked.reply = std::move(reply);
  asking_.push_back(std::move(asked));
  if (!busy_) sendNext();
}

void HTTPSessionProtocol::sendNext() {
  busy_ = !asking_.empty();
  if (!busy_) return static_cast<void>(setTimeout(options_.enquireAfter));
  Asking& next = asking_.front();
  const std::string_view method = std::string_view(next.bytes).substr(0, next.bytes.find(' '));
  parser_.expectResponse({.method = method});
  body_.clear();
  setTimeout(next.reply ? std::nullopt : std::optional(options_.answerWithin));
  transport().write(next.bytes);
}

/// The answer to one that is with the server is dropped when it comes; to end the connection would
/// fail all that wait, and what others ask while it is made again.
void HTTPSessionProtocol::cancelled(PendingReply& reply) {
  const auto found = std::find_if(asking_.begin(), asking_.end(),
                                  [&](const Asking& one) { return one.id == reply.id(); });
  const bool isWithServer = busy_ && found == asking_.begin();
  const auto dropped = std::move(found->reply);
  if (!isWithServer) return static_cast<void>(asking_.erase(found));
  setTimeout(options_.answerWithin);
}

/// Idle for long, the server is asked; where it does not answer, it is given up.
void HTTPSessionProtocol::timeoutConnection() {
  if (busy_) return TimeoutMixin::timeoutConnection();
  Asking enquiry;
  writeRequestHead(enquiry.bytes, "OPTIONS", "*", {{"Host", host_}}).finish(enquiry.bytes);
  asking_.push_back(std::move(enquiry));
  sendNext();
}

void HTTPSessionProtocol::dataReceived(std::string_view bytes) {
  if (!busy_) return refuse("it answers what was not asked");
  HTTPEvent event = parser_.next(bytes);
  while (note(event)) event = parser_.next(bytes);
  if (event == HTTPEvent::kRefused) return refuse(parser_.refused()->why);
  if (event != HTTPEvent::kEnd) return;
  parser_.next(bytes);  // which may not be there
  answered();
}

/// Whether more is to be looked for.
bool HTTPSessionProtocol::note(HTTPEvent event) {
  if (event == HTTPEvent::kHead) status_ = parser_.head().status;
  if (event == HTTPEvent::kBody) body_.append(parser_.body());
  return event == HTTPEvent::kInterim || event == HTTPEvent::kHead || event == HTTPEvent::kBody ||
         event == HTTPEvent::kTrailers;
}

/// The next one is sent before the answer is heard of, which may end the session.
void HTTPSessionProtocol::answered() {
  Asking over = std::move(asking_.front());
  asking_.pop_front();
  const std::string body = std::exchange(body_, {});
  const int status = status_;
  parser_.reusable() ? sendNext() : transport().loseConnection();
  if (!over.reply) return;
  over.reply->tellCancelTo(nullptr, 0);
  auto other = read(status, body, *over.reply, options_.limits);
  other ? over.reply->failed(std::move(*other)) : over.reply->arrived();
}

void HTTPSessionProtocol::refuse(const char* why) {
  transport().failConnection(Failure(Faulted("what came is no answer", why)));
}

/// That may be how a body ends.
void HTTPSessionProtocol::readConnectionLost() {
  if (busy_ && parser_.inputEnded() == HTTPEvent::kEnd) answered();
  transport().loseConnection();
}

void HTTPSessionProtocol::connectionLost(const Failure& reason) {
  const Failure why = detail::lossOf(reason, closing_);
  busy_ = false;
  while (!asking_.empty()) {  // who hears of it may cancel the next
    const auto reply = std::move(asking_.front().reply);
    asking_.pop_front();
    if (!reply) continue;
    reply->tellCancelTo(nullptr, 0);
    reply->failed(why);
  }
  tellEnded(why);
}

class HTTPSessionFactory final : public detail::SessionFactory {
 public:
  HTTPSessionFactory(Address address, HTTPSessionOptions options)
      : SessionFactory(std::move(address)), options_(options) {}

 private:
  std::unique_ptr<Protocol> newProtocol(detail::SessionLink link) override {
    return std::make_unique<HTTPSessionProtocol>(address().toString(), options_, std::move(link));
  }

  const HTTPSessionOptions options_;
};

}  // namespace

Deferred<std::shared_ptr<Session>> connectHTTP(Reactor& reactor, std::string host,
                                               std::uint16_t port, HTTPSessionOptions options,
                                               Duration timeout) {
  auto factory = std::make_shared<HTTPSessionFactory>(Address{std::move(host), port}, options);
  return detail::SessionFactory::connect(reactor, std::move(factory), timeout);
}

}  // namespace couplet
