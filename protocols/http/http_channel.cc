// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/http_channel.h>

#include <algorithm>
#include <optional>
#include <utility>

#include <couplet/protocols/http/detail/http_exchange.h>
#include <couplet/protocols/http/errors.h>
#include <couplet/protocols/http/site.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/log.h>

namespace couplet {

namespace {

constexpr HTTPRefusal kClientLeft{400, "The client left before the body of its request had come."};

}  // namespace

HTTPChannel::HTTPChannel(Site& site) : site_(site) {}

/// The work that may use the request goes first.
HTTPChannel::~HTTPChannel() {
  endWork();
  if (listed_) site_.forget(*this);
}

void HTTPChannel::link(HTTPChannel*& first) noexcept {
  listed_ = true;
  next_ = first;
  if (first) first->previous_ = this;
  first = this;
}

void HTTPChannel::unlink(HTTPChannel*& first) noexcept {
  (previous_ ? previous_->next_ : first) = next_;
  if (next_) next_->previous_ = previous_;
  previous_ = next_ = nullptr;
  listed_ = false;
}

void HTTPChannel::connectionMade() {
  site_.remember(*this, transport().clock());
  expectBy(site_.options_.idleTimeout);
}

void HTTPChannel::connectionLost(const Failure& reason) {
  const bool begun = state_ < State::kRefused && outgoing();
  const bool byThisSide = endsByThisSide(reason);
  state_ = State::kClosed;
  full_ = false;
  site_.objects_.end(transport(), byThisSide);  // before anybody hears that the site is drained
  if (listed_) site_.forget(*this);
  if (begun) logAnswer();
  if (streaming()) streaming()->failBody(reason);
}

/// Whether the client would have had more of the connection.
bool HTTPChannel::endsByThisSide(const Failure& reason) const {
  if (state_ == State::kRefused) return true;
  if (state_ == State::kClosed) return !ended_;
  return reason.check<ConnectionAborted>() || reason.check<TimeoutError>();
}

void HTTPChannel::dataReceived(std::string_view bytes) {
  if (state_ >= State::kRefused) return;
  if (held_.empty() && state_ < State::kAtWork) take(bytes);
  if (state_ == State::kHandingOver && held_.empty()) return handOver(bytes);
  if (!bytes.empty()) hold(bytes);
}

void HTTPChannel::producingResumed() { takeHeld(); }

/// The client has left, unless it waits for an answer that the site gives such clients.
void HTTPChannel::readConnectionLost() {
  ended_ = ended_ || state_ < State::kRefused;
  if (bodyIsStalled()) return;
  const bool bodyIsRead = streaming() && streaming()->pipe;
  if (answering_ && !bodyIsRead ? site_.options_.allowHalfClose : !held_.empty()) return;
  leave();
}

/// All is sent of what was too much. What was not taken meanwhile has its whole time again.
void HTTPChannel::resumeProducing() {
  full_ = false;
  transport().unregisterProducer();
  if (state_ == State::kHead || state_ == State::kBody) moveOn(state_);
  deliverAgain();
}

/// Whether the next event is to be looked for. A body that is streamed waits for who reads it, and
/// not for answers that are unsent, since its own may be among them.
inline bool HTTPChannel::mayTake() {
  if (full_ || state_ > State::kBody || !receiving()) return false;
  if (answering_) return exchange_->streams && exchange_->streams->takesBody();
  if (transport().unsent() <= kHighMark) return true;
  full_ = true;
  transport().registerProducer(*this, true);
  return false;
}

/// Takes requests until one is at work, or the bytes end.
void HTTPChannel::take(std::string_view& bytes) {
  if (!exchange_) exchange_ = site_.newExchange();
  taking_ = true;
  while ((!bytes.empty() || state_ == State::kBody) && mayTake()) {
    const HTTPEvent event = exchange_->parser.next(bytes);
    if (event == HTTPEvent::kNeedMore) break;
    if (event == HTTPEvent::kHead) {
      headCame();
    } else if (event == HTTPEvent::kBody) {
      bodyCame(exchange_->parser.body());
    } else if (event == HTTPEvent::kTrailers) {
      if (answering_) exchange_->streams->pipe->setTrailers(exchange_->parser.trailers());
    } else if (event == HTTPEvent::kEnd) {
      requestCame();
    } else if (event == HTTPEvent::kRefused) {
      refuse(exchange_->parser.refused()->status, exchange_->parser.refused()->why);
    }
  }
  taking_ = false;
  if (state_ >= State::kRefused) bytes = {};
  if (state_ != State::kIdle) return;
  if (!exchange_->parser.idle()) return moveOn(State::kHead);
  if (exchange_->parser.fresh()) site_.recycle(exchange_);
}

void HTTPChannel::takeHeld() {
  if (taking_) return;
  if (!mayTake()) return paceInput();
  std::string_view left = held_.view();
  take(left);
  if (state_ == State::kHandingOver) return handOver(left);
  held_.dropFront(held_.size() - left.size());
  if (state_ >= State::kRefused || held_.empty()) held_.release();
  paceInput();
  if (ended_ && held_.empty() && state_ < State::kAtWork && !bodyIsStalled()) leave();
}

/// Goes on with what is held, from the loop: so that what it is answered with counts as an answer
/// to what was received.
void HTTPChannel::deliverAgain() {
  transport().pauseProducing();
  transport().resumeProducing();
}

void HTTPChannel::hold(std::string_view bytes) {
  if (state_ >= State::kRefused) return;
  held_.append(bytes);
  paceInput();
}

/// Pauses while much is held. A throttled transport gives nothing anyway, and tells when it is no
/// longer throttled, but not to one who has paused.
void HTTPChannel::paceInput() {
  const bool pause = held_.size() > site_.options_.pipelined && !transport().throttled();
  if (pause == transport().paused()) return;
  pause ? transport().pauseProducing() : transport().resumeProducing();
}

/// Each state has its deadline.
void HTTPChannel::moveOn(State state) {
  state_ = state;
  const SiteOptions& options = site_.options_;
  switch (state) {
    case State::kIdle:
      expectBy(transport().unsent() > kHighMark ? options.responsePatience : options.idleTimeout);
      break;
    case State::kHead:
      expectBy(options.headDeadline);
      break;
    case State::kBody:
      exchange_->bodyBytes = 0;
      expectBy(options.bodyPatience);
      break;
    case State::kRefused:
      expectBy(options.lingering);
      break;
    case State::kAtWork:  // what ran goes on, and looks whether answers are read
      break;
    case State::kHandingOver:
    case State::kClosed:
      deadline_ = kNever;
      break;
  }
}

inline void HTTPChannel::headCame() {
  const RequestHead& head = exchange_->parser.head();
  exchange_->hasRequest = true;
  exchange_->request.assign(head, &transport());
  keepAlive_ = head.keepAlive && head.form != TargetForm::kAuthority;  // a tunnel may follow
  if (head.hasBody()) return bodyBegins();
  exchange_->parser.takeEnd();
  requestCame();
}

void HTTPChannel::bodyBegins() {
  const RequestHead& head = exchange_->parser.head();
  const std::optional<std::uint64_t> length = head.contentLength;  // handlers may parse others
  const bool expectsContinue = head.expectsContinue;
  exchange_->bodyLength = length.value_or(0);
  moveOn(State::kBody);
  switch (site_.bodyWanted(exchange_->request)) {
    case BodyWanted::kAsItComes: {
      auto pipe = std::make_shared<detail::BodyPipe>(streams(), length);
      exchange_->streams->pipe = pipe.get();
      exchange_->streams->expectsContinue = expectsContinue;
      exchange_->streams->awaitedLast = site_.now();
      exchange_->request.setIncoming(IncomingBody(std::move(pipe)));
      exchange_->parser.setBodyLimit(UINT64_MAX);
      return render();
    }
    case BodyWanted::kNot:
      if (expectsContinue) return render();
      break;
    case BodyWanted::kWhole:
      if (expectsContinue && length.value_or(0) <= site_.options_.limits.body) sendContinue();
      break;
  }
}

void HTTPChannel::bodyCame(std::string_view piece) {
  exchange_->bodyBytes += static_cast<std::uint32_t>(piece.size());
  if (exchange_->bodyBytes >= site_.options_.bodyBytesPerPatience) {
    exchange_->bodyBytes = 0;
    expectBy(site_.options_.bodyPatience);
  }
  const bool over = exchange_->parser.bodyIsOver();
  if (over) exchange_->parser.takeEnd();
  if (!answering_) {
    exchange_->request.appendBody(piece, exchange_->bodyLength);
    if (over) requestCame();
    return;
  }
  exchange_->streams->expectsContinue = false;
  if (exchange_->streams->pipe->awaited()) {
    exchange_->streams->awaitedLast = site_.now();
  }
  over ? streamedBodyCame(piece) : exchange_->streams->pipe->push(piece);
}

inline void HTTPChannel::requestCame() {
  if (answering_) return streamedBodyCame({});
  state_ = State::kAtWork;
  render();
}

/// With its last piece, so that who answers as soon as it has all answers a request that is over.
void HTTPChannel::streamedBodyCame(std::string_view last) {
  state_ = State::kAtWork;
  std::exchange(exchange_->streams->pipe, nullptr)->end(last);
}

void HTTPChannel::sendContinue() { write("HTTP/1.1 100 Continue\r\n\r\n"); }

/// Somebody waits for more of a body.
void HTTPChannel::bodyAwaited() {
  if (state_ != State::kBody) return;
  if (std::exchange(exchange_->streams->expectsContinue, false) && !exchange_->streams->out)
    sendContinue();
  resumeDeadline();
  if (std::exchange(exchange_->streams->stalled, false) && !taking_) deliverAgain();
}

/// The time in which nobody waited for the body is not the client's.
void HTTPChannel::resumeDeadline() {
  detail::ChannelStreams& streams = *exchange_->streams;
  const Clock::TimePoint now = site_.now();
  if (deadline_ != kNever) deadline_ += now - streams.awaitedLast;
  streams.awaitedLast = now;
}

/// What the client sent cannot be understood, or does not come: nothing more of it is read. The
/// connection is closed when the client has had the time to read why; unless it has begun to read
/// an answer, which it must not take for whole.
void HTTPChannel::refuse(int status, std::string_view why) {
  detail::ChannelStreams* const streams = streaming();
  const bool begun = outgoing();
  state_ = State::kRefused;
  if (answering_) {
    exchange_->work.cancel();
    if (streams) streams->failBody(Failure(RemoteProtocolError({status, why.data()})));
  }
  if (begun) return leave();
  Response page = site_.errorPage(status, why);
  page.producer = {};  // nobody would run it
  page.incoming = {};
  keepAlive_ = false;
  const bool sent = trySend(page, {});
  if (sent) logAnswer();
  sent ? linger() : close();
}

// Deadlines

void HTTPChannel::expectBy(Duration patience) {
  deadline_ = site_.now() + patience;
  site_.lookAt(deadline_);
}

void HTTPChannel::deadlinePassed() {
  if (state_ == State::kHead && !full_)
    return refuse(408, "The head of the request came too slowly.");
  if (bodyIsLate()) return refuse(408, "The body of the request came too slowly.");
  if (state_ == State::kRefused) return close();
  const bool nothingToRead = transport().unsent() == 0 && unsentBefore_ == 0;
  if (state_ == State::kIdle && nothingToRead) return close();
  if (readsTooSlowly()) {
    const Duration patience = site_.options_.responsePatience;
    return transport().failConnection(
        Failure(TimeoutError(patience, "A client that reads too slowly")));
  }
  watch();
}

/// Whether a body that somebody waits for did not come.
bool HTTPChannel::bodyIsLate() const {
  if (state_ != State::kBody) return false;
  if (!answering_) return !full_;
  const detail::ChannelStreams* const streams = streaming();
  return streams && streams->pipe && streams->pipe->awaited() && !streams->expectsContinue;
}

/// Whether the client has taken less of what there was for it than it must in a responsePatience.
bool HTTPChannel::readsTooSlowly() const {
  const std::size_t most = site_.options_.responseBytesPerPatience;
  return takenSoFar() - takenBefore_ < std::min<std::size_t>(unsentBefore_, most);
}

std::uint64_t HTTPChannel::takenSoFar() const {
  const std::uint64_t streamed = outgoing() ? outgoing()->sent() : 0;
  return written_ + streamed - transport().unsent();
}

void HTTPChannel::watch() {
  const SiteOptions& options = site_.options_;
  const std::size_t unsent = transport().unsent();
  unsentBefore_ = static_cast<std::uint32_t>(std::min<std::size_t>(unsent, UINT32_MAX));
  takenBefore_ = takenSoFar();
  const bool idle = state_ == State::kIdle && unsent == 0;
  expectBy(idle ? options.idleTimeout : options.responsePatience);
}

// Streams

detail::ChannelStreams& HTTPChannel::streams() {
  if (!exchange_->streams) exchange_->streams = std::make_unique<detail::ChannelStreams>(*this);
  return *exchange_->streams;
}

/// Null where nothing is streamed.
detail::ChannelStreams* HTTPChannel::streaming() const noexcept {
  return exchange_ ? exchange_->streams.get() : nullptr;
}

/// The body of the answer, where that is being made; else null.
const OutgoingBody* HTTPChannel::outgoing() const noexcept {
  const detail::ChannelStreams* const streams = streaming();
  return streams && streams->out ? &*streams->out : nullptr;
}

bool HTTPChannel::bodyIsStalled() const noexcept {
  const detail::ChannelStreams* const streams = streaming();
  return streams && streams->pipe && streams->stalled;
}

// Ends

/// What still comes is dropped for a while, so that the answer is read before that meets a reset.
void HTTPChannel::linger() {
  moveOn(State::kRefused);
  if (!taking_) held_.release();
  if (transport().paused()) transport().resumeProducing();
  transport().loseWriteConnection();
}

/// To a protocol that gets the bytes that came behind the request.
void HTTPChannel::handOver(std::string_view bytes) {
  std::unique_ptr<Protocol> next = std::move(exchange_->streams->next);
  site_.objects_.end(transport(), true);
  if (listed_) site_.forget(*this);
  state_ = State::kClosed;
  if (std::exchange(full_, false)) transport().unregisterProducer();
  if (transport().paused()) transport().resumeProducing();
  Protocol& protocol = *next;
  transport().setProtocol(std::move(next), std::move(exchange_->streams->owner));
  if (!bytes.empty() && protocol.connected()) protocol.dataReceived(bytes);
  if (ended_ && protocol.connected()) protocol.readConnectionLost();
}

/// The client is gone: nobody waits for the answer. One that has begun must not pass for whole.
void HTTPChannel::leave() {
  const bool begun = outgoing();
  close();
  if (begun) transport().abortConnection();
  if (begun) logAnswer();
  if (exchange_) exchange_->work.cancel();
  if (streaming()) streaming()->failBody(Failure(RemoteProtocolError(kClientLeft)));
}

void HTTPChannel::close() {
  moveOn(State::kClosed);
  if (!taking_) held_.release();
  if (std::exchange(full_, false)) transport().unregisterProducer();
  if (transport().unsent() > 0) expectBy(site_.options_.responsePatience);
  transport().loseConnection();
}

void HTTPChannel::drainedTooLong() {
  if (answering_) {
    LogLine::error() << "Shutting down, an answer was cut off: to " << exchange_->request.method()
                     << ' ' << exchange_->request.path();
  }
  transport().abortConnection();
}

void HTTPChannel::drain(Duration deadline) {
  if (std::exchange(draining_, true)) return;
  callLater(deadline, [this] { drainedTooLong(); });
  const bool unused = !exchange_ || exchange_->parser.idle();
  if (state_ == State::kIdle && unused && held_.empty()) close();
}

}  // namespace couplet
