// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// HTTPChannel, the part that answers.
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include <couplet/protocols/http/access_log.h>
#include <couplet/protocols/http/detail/built_before.h>
#include <couplet/protocols/http/detail/http_exchange.h>
#include <couplet/protocols/http/detail/ordinary_response.h>
#include <couplet/protocols/http/detail/sent_fields.h>
#include <couplet/protocols/http/errors.h>
#include <couplet/protocols/http/http_channel.h>
#include <couplet/protocols/http/serializer.h>
#include <couplet/protocols/http/site.h>
#include <couplet/reactor/log.h>

namespace couplet {

namespace {

/// Bodies up to this are copied behind their head, larger ones are written beside it.
constexpr std::size_t kSmallBody = 4096;

/// Whether the connection is another protocol's after this response.
bool handsOver(const Response& response, std::string_view method) {
  const bool opens = method == "CONNECT" && response.status / 100 == 2;
  return opens || response.status == 101;
}

bool offersUpgrade(const Request& request) {
  const Headers& headers = request.headers();
  return request.version() == HTTPVersion::kHTTP11 && headers.has("Upgrade") &&
         headers.hasElement("Connection", "upgrade");
}

/// Passes a body on.
BodyProducer relay(IncomingBody incoming) {
  return [incoming](OutgoingBody& out) mutable -> Deferred<void> {
    while (auto piece = co_await incoming.read()) co_await out.write(*piece);
  };
}

}  // namespace

void HTTPChannel::render() {
  answering_ = true;
  Answer given = ask();
  Response* response = given.ready();
  if (!response) response = given.later().readyValue();
  response ? respond(*response) : answerLater(std::move(given.later()));
}

inline Answer HTTPChannel::ask() {
  try {
    return site_.render(exchange_->request);
  } catch (...) {
    return pageOf(Failure::current());
  }
}

/// The work ends with the connection, so that it may use this channel and the request.
[[gnu::noinline]] void HTTPChannel::answerLater(Deferred<Response> later) {
  exchange_->work = later.cancelHandle();
  whileConnected(std::move(later).addBoth([this](Result<Response> result) { answered(result); }));
  if (ended_ && answering_ && !site_.options_.allowHalfClose) leave();
}

void HTTPChannel::answered(Result<Response>& result) {
  if (state_ != State::kAtWork && state_ != State::kBody) return;
  try {
    if (result) {
      respond(result.value());
    } else {
      Response page = pageOf(result.failure());
      respond(page);
    }
    if (state_ == State::kHandingOver && !taking_) handOver(held_.view());
  } catch (...) {
    transport().failConnection(Failure::current());
    throw;
  }
}

/// The handler did not answer.
Response HTTPChannel::pageOf(const Failure& failure) {
  if (const auto* error = failure.get<HTTPError>()) {
    Response page = site_.errorPage(error->status(), error->what());
    for (const HeaderField field : error->headers()) page.headers.set(field.name, field.value);
    return page;
  }
  if (const auto* error = failure.get<BodyTooLongError>()) {
    return site_.errorPage(413, error->what());
  }
  LogLine::error() << "Exception in the handler of " << exchange_->request.method() << ' '
                   << exchange_->request.path() << ": " << failure;
  return site_.errorPage(500, "");
}

/// Sends such a response as nearly all are; false where it is another one.
inline bool HTTPChannel::sendOrdinary(const Response& response) {
  const Request& request = exchange_->request;
  const std::optional<std::string_view> lines = response.headers.asLines();
  const bool whole = !response.producer && !response.incoming && !response.next;
  const bool goesOn = keepAlive_ && state_ == State::kAtWork && !draining_ && !ended_;
  if (response.status != 200 || !whole || !goesOn || !lines) return false;
  if (request.version() != HTTPVersion::kHTTP11 || request.method() == "HEAD") return false;
  if (lines->size() + response.body.size() > kSmallBody) return false;
  if (detail::SentFields::of(response.headers) != 0) return false;
  char message[kSmallBody + detail::kMostAroundOrdinary];
  try {
    write(
        {message, detail::writeOrdinaryResponse(message, site_.dateLine(), *lines, response.body)});
  } catch (const std::exception&) {
    return false;  // which fails again, and is told
  }
  exchange_->answeredStatus = 200;
  exchange_->answeredBytes = response.body.size();
  return true;
}

inline void HTTPChannel::respond(Response& response) {
  sendOrdinary(response) ? finishAnswer(&response.body) : respondAsAsked(response);
}

void HTTPChannel::respondAsAsked(Response& response) {
  const AnsweredRequest answered{exchange_->request.method(), exchange_->request.version()};
  if (response.incoming && !response.producer) response.producer = relay(response.incoming);
  const bool untilClose = response.producer && answered.version == HTTPVersion::kHTTP10 &&
                          !response.headers.has("Content-Length");
  const bool bodyMayEnd = state_ == State::kAtWork || response.producer;
  keepAlive_ = keepAlive_ && !draining_ && !untilClose && bodyMayEnd &&
               !(ended_ && held_.empty()) && !response.headers.hasElement("Connection", "close");
  if (response.producer && response.status / 100 == 2) continueForProducer();
  bool sent = trySend(response, answered);
  if (!sent) {
    Response page = site_.errorPage(500, "");
    Response last(500);
    sent = trySend(page, answered) || trySend(last, answered);
  }
  if (!sent) return close();
  outgoing() ? stream() : finishAnswer();
}

/// Who keeps the body in order to answer with it as it comes will read it when the head is gone,
/// which is too late for a 100.
void HTTPChannel::continueForProducer() {
  if (state_ != State::kBody || !exchange_->request.incoming().shared()) return;
  if (std::exchange(exchange_->streams->expectsContinue, false)) sendContinue();
}

/// False where it cannot be sent, which is logged; then nothing of it was.
bool HTTPChannel::trySend(Response& response, const AnsweredRequest& answered) {
  try {
    send(response, answered);
    return true;
  } catch (const std::exception& error) {
    LogLine::error() << "A response that cannot be sent: " << error.what();
    if (detail::ChannelStreams* const streams = streaming()) {
      streams->out.reset();
      streams->next.reset();
    }
    return false;
  }
}

void HTTPChannel::send(Response& response, const AnsweredRequest& answered) {
  const bool handing = response.next && handsOver(response, answered.method);
  if (response.status < 200 && !handing) {
    throw std::invalid_argument("a final status is 200 or more");
  }
  std::unique_ptr<Protocol> next = handing ? nextProtocol(response) : nullptr;
  std::string& out = site_.out_;
  out.clear();
  auto body = writeResponseHead(out, response.status, response.headers, answered,
                                addedFields(response, answered, handing));
  exchange_->answeredStatus = response.status;
  exchange_->answeredBytes = body.sendsBody() ? response.body.size() : 0;
  if (handing) {
    streams().next = std::move(next);
    const bool isNeeded = !dynamic_cast<const detail::BuiltBefore*>(response.next.get());
    streams().owner = isNeeded ? std::move(response.next) : nullptr;
  } else if (response.producer) {
    if (body.sendsBody()) streams().out.emplace(transport(), body, std::move(response.producer));
  } else if (response.body.size() > kSmallBody && body.sendsBody()) {
    body.frame(out, response.body.size());
    body.finish(out);
    transport().writeSequence({out, response.body});
    written_ += out.size() + response.body.size();
    return;
  } else {
    body.writeAll(out, isBodiless(response.status) ? std::string_view() : response.body);
  }
  write(out);
}

/// Built before anything is sent: it may still be refused.
std::unique_ptr<Protocol> HTTPChannel::nextProtocol(const Response& response) {
  const Request& request = exchange_->request;
  if (response.status == 101 && !offersUpgrade(request)) {
    throw std::invalid_argument("the client did not ask for another protocol");
  }
  if (state_ != State::kAtWork) {
    throw std::invalid_argument("the body of the request is not there yet");
  }
  std::unique_ptr<Protocol> next = response.next->buildProtocol(request.peer());
  if (!next) throw std::invalid_argument("the factory built no protocol to go on with");
  return next;
}

/// The Connection field: an Upgrade has to be named in it, that of a 426 too (RFC 9110, 7.8).
std::string_view HTTPChannel::connectionField(const Response& response, bool old, bool handing) {
  if (handing) return response.status == 101 ? "upgrade" : "";
  const bool offersUpgrade = response.status == 426 && !old && response.headers.has("Upgrade");
  if (!keepAlive_) return offersUpgrade ? "upgrade, close" : "close";
  if (old) return "keep-alive";
  return offersUpgrade ? "upgrade" : "";
}

/// What the site says of the connection, the time and the framing goes before what the handler
/// does, but for a Content-Length.
AddedFields HTTPChannel::addedFields(const Response& response, const AnsweredRequest& answered,
                                     bool handing) {
  const bool old = answered.version == HTTPVersion::kHTTP10;
  AddedFields added{.lines = site_.dateLine(), .unlessGiven = true, .dropsConnectionAndDate = true};
  added.connection = connectionField(response, old, handing);
  if (handing || isBodiless(response.status)) return added;
  added.dropsTransferEncoding = static_cast<bool>(response.producer);
  if (!response.producer) added.contentLength = response.body.size();
  added.chunked = response.producer && !old;
  return added;
}

/// The head is sent; the producer's work ends with the connection.
void HTTPChannel::stream() {
  if (state_ == State::kAtWork) expectBy(site_.options_.responsePatience);
  Deferred<void> produced = exchange_->streams->out->start();
  exchange_->work = produced.cancelHandle();
  whileConnected(
      std::move(produced).addBoth([this](const Result<void>& result) { streamed(result); }));
}

/// The body is made, or cannot be: then the client must not take it for whole.
void HTTPChannel::streamed(const Result<void>& result) {
  if (state_ >= State::kRefused) return;
  try {
    result.value();
    exchange_->streams->out->finish();
  } catch (...) {
    if (transport().connected()) {
      LogLine::error() << "The body of the answer to " << exchange_->request.method() << ' '
                       << exchange_->request.path() << " failed: " << Failure::current();
    }
    state_ = State::kClosed;
    transport().abortConnection();
    return logAnswer();
  }
  try {
    finishAnswer();
  } catch (...) {
    transport().failConnection(Failure::current());
    throw;
  }
}

void HTTPChannel::logAnswer() {
  if (!site_.options_.accessLog) return;
  AccessRecord record;
  if (exchange_->hasRequest) record = accessRecordOf(exchange_->request);
  record.peer = transport().getPeer();
  record.status = exchange_->answeredStatus;
  record.bodyBytes = outgoing() ? outgoing()->written() : exchange_->answeredBytes;
  site_.logAccess(record);
}

/// A client that still sends its body may read the answer while that is dropped.
void HTTPChannel::finishAnswer(std::string* sent) {
  logAnswer();
  if (sent) exchange_->request.keepText(*sent);
  answering_ = false;
  exchange_->work = {};
  const bool bodyIsOver = state_ == State::kAtWork;
  exchange_->hasRequest = false;
  exchange_->request.release();
  if (exchange_->streams && exchange_->streams->next) return moveOn(State::kHandingOver);
  if (!bodyIsOver) state_ = State::kRefused;
  if (exchange_->streams) endStreams();
  const bool last = !keepAlive_ || draining_ || (ended_ && held_.empty());
  if (bodyIsOver && !last) return goOn();
  bodyIsOver ? close() : linger();
}

[[gnu::noinline]] void HTTPChannel::endStreams() {
  const auto over = std::move(exchange_->streams);
  if (over->out) written_ += over->out->sent();
  over->failBody(Failure(std::runtime_error("the request was answered")));
}

inline void HTTPChannel::goOn() {
  moveOn(State::kIdle);
  if (taking_) return;
  if (!held_.empty() || transport().paused()) return deliverAgain();
  if (exchange_->parser.fresh()) site_.recycle(exchange_);
}

}  // namespace couplet
