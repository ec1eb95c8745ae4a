// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/http_channel.h>

#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include <couplet/protocols/http/request.h>
#include <couplet/protocols/http/serializer.h>
#include <couplet/protocols/http/site.h>
#include <couplet/reactor/log.h>

namespace couplet {

namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

/// Bodies up to this are copied behind their head, larger ones are written beside it.
constexpr std::size_t kSmallBody = 4096;

}  // namespace

HTTPChannel::HTTPChannel(Site& site) : site_(site), parser_(site.options_.limits, site.table_) {}

/// The work that may use the request goes first.
HTTPChannel::~HTTPChannel() { endWork(); }

void HTTPChannel::connectionMade() { setTimeout(site_.options_.idleTimeout); }

void HTTPChannel::dataReceived(std::string_view bytes) {
  if (state_ >= State::kRefused) return;
  if (state_ != State::kAtWork && held_.empty()) take(bytes);
  if (!bytes.empty()) hold(bytes);
}

void HTTPChannel::producingResumed() { takeHeld(); }

/// The client has left, unless it waits for an answer that the site gives such clients.
void HTTPChannel::readConnectionLost() {
  ended_ = true;
  const bool atWork = state_ == State::kAtWork;
  if (atWork ? site_.options_.allowHalfClose : !held_.empty()) return;
  close();
  work_.cancel();
}

void HTTPChannel::timeoutConnection() {
  if (state_ == State::kHead) return refuse(408, "The head of the request came too slowly.");
  if (state_ == State::kBody) return refuse(408, "The body of the request came too slowly.");
  const std::size_t unsent = transport().unsent();
  const bool reads = unsent > 0 && (unsentBefore_ == 0 || unsent < unsentBefore_);
  unsentBefore_ = unsent;
  if (state_ == State::kIdle && reads) return moveOn(State::kIdle);
  close();
}

/// All is sent of what was too much.
void HTTPChannel::resumeProducing() {
  full_ = false;
  transport().unregisterProducer();
  unsentBefore_ = 0;
  takeHeld();
}

bool HTTPChannel::mayTake() {
  if (full_ || state_ > State::kBody || !receiving()) return false;
  if (transport().unsent() <= kHighMark) return true;
  full_ = true;
  transport().registerProducer(*this, true);
  return false;
}

/// Takes requests until one is at work, or the bytes end.
void HTTPChannel::take(std::string_view& bytes) {
  taking_ = true;
  while (mayTake()) {
    const HTTPEvent event = parser_.next(bytes);
    if (event == HTTPEvent::kNeedMore) break;
    if (event == HTTPEvent::kHead) {
      headCame();
    } else if (event == HTTPEvent::kBody) {
      bodyCame(parser_.body());
    } else if (event == HTTPEvent::kEnd) {
      requestCame();
    } else if (event == HTTPEvent::kRefused) {
      refuse(parser_.refused()->status, parser_.refused()->why);
      bytes = {};
      break;
    }
  }
  taking_ = false;
  if (state_ == State::kIdle && !parser_.idle()) moveOn(State::kHead);
}

void HTTPChannel::takeHeld() {
  if (taking_ || !mayTake()) return;
  std::string_view left = held_.view();
  take(left);
  held_.dropFront(held_.size() - left.size());
  if (state_ >= State::kRefused || held_.empty()) held_.release();
  if (held_.size() <= site_.options_.pipelined && transport().paused()) {
    transport().resumeProducing();
  }
  if (ended_ && held_.empty() && state_ < State::kAtWork) close();
}

void HTTPChannel::hold(std::string_view bytes) {
  if (state_ >= State::kRefused) return;
  held_.append(bytes);
  if (held_.size() > site_.options_.pipelined) transport().pauseProducing();
}

/// Each state has its time-out.
void HTTPChannel::moveOn(State state) {
  state_ = state;
  const SiteOptions& options = site_.options_;
  switch (state) {
    case State::kIdle:
      setTimeout(options.idleTimeout);
      break;
    case State::kHead:
      setTimeout(options.headDeadline);
      break;
    case State::kBody:
      bodyBytes_ = 0;
      setTimeout(options.bodyPatience);
      break;
    case State::kRefused:
      setTimeout(options.lingering);
      break;
    case State::kAtWork:
    case State::kClosed:
      setTimeout(std::nullopt);
      break;
  }
}

void HTTPChannel::headCame() {
  const RequestHead& head = parser_.head();
  request_ = site_.newRequest();
  request_->assign(head, &transport());
  keepAlive_ = head.keepAlive && head.form != TargetForm::kAuthority;  // a tunnel may follow
  if (!head.hasBody()) return;
  const bool tooLong = head.contentLength.value_or(0) > site_.options_.limits.body;
  if (head.expectsContinue && !tooLong) transport().write(kContinue);
  moveOn(State::kBody);
}

void HTTPChannel::bodyCame(std::string_view piece) {
  request_->appendBody(piece);
  bodyBytes_ += piece.size();
  if (bodyBytes_ < site_.options_.bodyBytesPerPatience) return;
  bodyBytes_ = 0;
  resetTimeout();
}

void HTTPChannel::requestCame() {
  state_ = State::kAtWork;
  std::optional<Answer> given;
  try {
    given.emplace(site_.render(*request_));
  } catch (...) {
    given.emplace(pageOf(Failure::current()));
  }
  answer(std::move(*given));
}

void HTTPChannel::answer(Answer answer) {
  if (Response* response = answer.ready()) return respond(std::move(*response));
  answerLater(std::move(answer).later());
}

/// The work ends with the connection, so that it may use this channel and the request.
void HTTPChannel::answerLater(Deferred<Response> later) {
  moveOn(State::kAtWork);
  work_ = later.cancelHandle();
  whileConnected(
      std::move(later).addBoth([this](Result<Response> result) { answered(std::move(result)); }));
  if (!ended_ || site_.options_.allowHalfClose || state_ != State::kAtWork) return;
  close();
  work_.cancel();
}

void HTTPChannel::answered(Result<Response> result) {
  if (state_ != State::kAtWork) return;
  try {
    respond(result ? std::move(result).value() : pageOf(result.failure()));
  } catch (...) {
    transport().failConnection(Failure::current());
    throw;
  }
}

/// The handler did not answer.
Response HTTPChannel::pageOf(const Failure& failure) {
  if (const auto* error = failure.get<HTTPError>()) {
    return site_.errorPage(error->status(), error->what());
  }
  LogLine::error() << "Exception in the handler of " << request_->method() << ' '
                   << request_->path() << ": " << failure;
  return site_.errorPage(500, "");
}

/// What the client sent cannot be understood: nothing more of it is read. The connection is closed
/// when the client has had the time to read why.
void HTTPChannel::refuse(int status, std::string_view why) {
  if (request_) site_.recycle(std::move(request_));
  if (!trySend(site_.errorPage(status, why), {}, true)) return close();
  moveOn(State::kRefused);
  transport().loseWriteConnection();
}

void HTTPChannel::respond(Response response) {
  const AnsweredRequest answered{request_->method(), request_->version()};
  const bool close = !keepAlive_ || (ended_ && held_.empty()) ||
                     response.headers.hasElement("Connection", "close");
  const bool sent = trySend(std::move(response), answered, close) ||
                    trySend(site_.errorPage(500, ""), answered, close) ||
                    trySend(Response(500), answered, close);
  site_.recycle(std::move(request_));
  if (close || !sent) return this->close();
  goOn();
}

/// False where it cannot be sent, which is logged; then nothing of it was.
bool HTTPChannel::trySend(Response response, const AnsweredRequest& answered, bool close) {
  try {
    send(response, answered, close);
    return true;
  } catch (const std::exception& error) {
    LogLine::error() << "A response that cannot be sent: " << error.what();
    return false;
  }
}

/// With the next request; from the loop where it came while this one was at work, so that what it
/// is answered with counts as an answer to what was received.
void HTTPChannel::goOn() {
  moveOn(State::kIdle);
  if (taking_) return;
  if (held_.empty() && !transport().paused()) return;
  transport().pauseProducing();
  transport().resumeProducing();
}

void HTTPChannel::send(Response& response, const AnsweredRequest& answered, bool close) {
  if (response.status < 200) throw std::invalid_argument("a final status is 200 or more");
  response.headers.remove("Connection");
  response.headers.remove("Date");
  AddedFields added{.lines = site_.lines(close)};
  if (!isBodiless(response.status) && !response.headers.has("Content-Length")) {
    added.contentLength = response.body.size();
  }
  if (!close && answered.version == HTTPVersion::kHTTP10) {
    response.headers.set("Connection", "keep-alive");
  }
  std::string& out = site_.out_;
  out.clear();
  auto body = writeResponseHead(out, response.status, response.headers, answered, added);
  if (response.body.size() <= kSmallBody || !body.sendsBody()) {
    if (!isBodiless(response.status)) body.write(out, response.body);
    body.finish(out);
    return transport().write(out);
  }
  body.frame(out, response.body.size());
  body.finish(out);
  transport().writeSequence({out, response.body});
}

void HTTPChannel::close() {
  moveOn(State::kClosed);
  if (!taking_) held_.release();
  if (std::exchange(full_, false)) transport().unregisterProducer();
  transport().loseConnection();
}

}  // namespace couplet
