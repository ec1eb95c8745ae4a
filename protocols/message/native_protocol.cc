// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/native_protocol.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <variant>

#include <glog/logging.h>

#include <couplet/protocols/message/detail/frame.h>
#include <couplet/protocols/message/detail/handling.h>
#include <couplet/protocols/message/detail/message_filler.h>
#include <couplet/protocols/message/detail/reply.h>
#include <couplet/protocols/message/detail/scalar.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/log.h>

namespace couplet {

using detail::Frame;
using detail::PendingReply;
using detail::Reply;
using detail::ReplyForm;

namespace {

/// The ids of requests that use one place differ by this, so that none comes twice.
constexpr std::uint64_t kMostPlaces = 1 << 20;
/// What every side takes.
constexpr std::size_t kLeastFrameLimit = 1024;
/// What a frame that waits takes beside its text.
constexpr std::size_t kHeldOverhead = 64;

void writeReply(const ReplyForm& form, std::string& out, const detail::NamedMessage& message) {
  const auto kind = message.isFault ? Frame::Kind::kFault : Frame::Kind::kReply;
  detail::appendMessage(out, kind, form.id, message.name, message.type, message.message);
}

/// Who the other side is.
struct Hello {
  std::uint64_t version = 0;
  std::uint64_t frame_limit = 0;

  static constexpr auto kMessage = message("couplet.Hello", member("version", &Hello::version),
                                           member("frame_limit", &Hello::frame_limit));
};

/// Members that a later version may add are ignored.
Hello readHello(std::string_view text) {
  Hello hello;
  const auto& type = detail::TypeOf<Hello>::value;
  detail::MessageFiller filler({&type, &hello}, type, nullptr, {});
  filler.ignoreUnknown();
  detail::parseJSON(text, filler);
  return hello;
}

/// Reads the members of a request.
class MembersReader final : public detail::RequestReader {
 public:
  MembersReader(std::string_view members, const JSONLimits& limits)
      : members_(members), limits_(limits) {}

  void read(const detail::MessageType& type, void* request) override {
    try {
      detail::readJSON(members_, type, request, limits_);
    } catch (const MessageError& error) {
      throw BadRequest(error.what());
    }
  }

 private:
  std::string_view members_;
  const JSONLimits& limits_;
};

/// The fault that a frame has.
Failure readFault(const Frame& frame, const KnownFaults& known, const JSONLimits& limits) {
  std::unique_ptr<Fault> fault = known.make(frame.name);
  const bool isKnown = fault != nullptr;
  if (!isKnown) {
    auto unknown = std::make_unique<Faulted>();
    unknown->unknownName = frame.name;
    fault = std::move(unknown);
  }
  const detail::MessageType& type = fault->messageType();
  void* const message = const_cast<void*>(fault->message());
  detail::MessageFiller filler({&type, message}, type, nullptr, limits);
  if (!isKnown) filler.ignoreUnknown();
  detail::parseJSON(frame.members, filler);
  return fault->failure();
}

void requireUsable(const NativeOptions& options) {
  if (options.frameLimit < kLeastFrameLimit) {
    throw std::invalid_argument("NativeOptions: a frame limit below 1024");
  }
  if (options.mostAtWork == 0) throw std::invalid_argument("NativeOptions: nothing may be at work");
  if (options.mostPending > kMostPlaces) {
    throw std::invalid_argument("NativeOptions: more than 2^20 requests that wait");
  }
}

}  // namespace

/// A request of ours.
struct NativeProtocol::Outgoing {
  std::uint64_t id;
  bool waits;                           // for an answer, be it wanted or not
  std::unique_ptr<PendingReply> reply;  // null once it is cancelled
};

/// A request of the other side's that is answered later.
struct NativeProtocol::Incoming {
  std::uint64_t id;  // 0 where the place is free
  Deferred<void> work;
};

NativeProtocol::NativeProtocol(std::shared_ptr<const Api> api, NativeOptions options)
    : api_(std::move(api)), options_(options), frameLimit_(kLeastFrameLimit) {
  requireUsable(options_);
  setMaxLength(options_.frameLimit);
}

NativeProtocol::~NativeProtocol() = default;

void NativeProtocol::close() {
  if (!connected()) return;
  closing_ = true;
  transport().loseConnection();
}

void NativeProtocol::connectionMade() {
  text_.clear();
  detail::appendHello(text_, options_.frameLimit);
  send(text_);
  setTimeout(options_.enquireAfter);
}

/// Makes the object of the connection, or says why there is none.
void NativeProtocol::accept() {
  try {
    object_ = api_->sessions()->accepted({transport().getPeer(), this});
  } catch (const Fault& fault) {
    sayGoodbye(fault);
  } catch (...) {
    LogLine::error() << "Exception at the beginning of a session: " << Failure::current();
    sayGoodbye(Faulted("no session could be made", "the server's log says why"));
  }
}

void NativeProtocol::dataReceived(std::string_view bytes) {
  if (std::exchange(enquired_, false)) setTimeout(options_.enquireAfter);
  resetTimeout();
  TimeoutMixin::dataReceived(bytes);
}

void NativeProtocol::timeoutConnection() {
  if (behind_) return awaitReader();
  if (transport().paused()) return sayPresent();
  if (enquired_) return TimeoutMixin::timeoutConnection();
  enquired_ = true;
  text_.clear();
  detail::appendEnquiry(text_, Frame::Kind::kEnquiry, 0);
  send(text_);
  setTimeout(options_.answerWithin);
}

/// Unasked, since it does not read whether it is.
void NativeProtocol::sayPresent() {
  text_.clear();
  detail::appendEnquiry(text_, Frame::Kind::kPresent, 0);
  send(text_);
  setTimeout(options_.answerWithin / 2);
}

/// The other side answers nothing as long as it has not read what it was asked before.
void NativeProtocol::awaitReader() {
  const std::size_t unsent = transport().unsent();
  if (unsent >= unsentBefore_) return TimeoutMixin::timeoutConnection();
  unsentBefore_ = unsent;
  setTimeout(options_.enquireAfter);
}

/// Where it is too much, the transport would read nothing more until it is sent: neither the
/// answers that the other side waits with its reading to send.
void NativeProtocol::send(std::string_view text) {
  if (!behind_ && transport().unsent() + text.size() > kHighMark) {
    behind_ = true;
    unsentBefore_ = SIZE_MAX;
    transport().registerProducer(*this, true);
  }
  sendString(text);
}

/// All is sent.
void NativeProtocol::resumeProducing() {
  behind_ = false;
  transport().unregisterProducer();
  workOff();
}

void NativeProtocol::stringReceived(std::string_view text) {
  try {
    detail::FrameReader reader;
    const Frame frame = reader.read(text);
    mustWait(frame) ? hold(text, frame.kind == Frame::Kind::kRequest) : take(frame);
  } catch (const MessageError& error) {
    sayGoodbye(BadRequest(error.what()));
  }
}

void NativeProtocol::take(const Frame& frame) {
  if (greeted_ == (frame.kind == Frame::Kind::kHello)) throw MessageError("a frame out of turn");
  switch (frame.kind) {
    case Frame::Kind::kHello:
      return takeHello(frame);
    case Frame::Kind::kRequest:
      return takeRequest(frame);
    case Frame::Kind::kReply:
    case Frame::Kind::kFault:
      return takeAnswer(frame);
    case Frame::Kind::kCancel:
      return takeCancel(frame.number);
    case Frame::Kind::kEnquiry:
      text_.clear();
      detail::appendEnquiry(text_, Frame::Kind::kPresent, frame.number);
      return send(text_);
    case Frame::Kind::kPresent:
      return;
    case Frame::Kind::kGoodbye:
      return loseConnection(readFault(frame, detail::knownFaults<>(), options_.limits));
  }
}

void NativeProtocol::takeHello(const Frame& frame) {
  const Hello hello = readHello(frame.members);
  if (hello.version != 1) {
    throw MessageError("version " + std::to_string(hello.version) + " of the protocol, and not 1");
  }
  if (hello.frame_limit < kLeastFrameLimit) throw MessageError("a frame limit below 1024");
  greeted_ = true;
  frameLimit_ = std::min<std::uint64_t>(hello.frame_limit, options_.frameLimit);
  if (api_ && api_->sessions()) accept();
  if (!leaving_) helloReceived();
}

/// The last thing that is said.
void NativeProtocol::sayGoodbye(const Fault& why) {
  leaving_ = true;
  refuseInput();
  text_.clear();
  detail::appendMessage(text_, Frame::Kind::kGoodbye, 0, why.name(), why.messageType(),
                        why.message());
  if (text_.size() <= kLeastFrameLimit) send(text_);
  loseConnection(why.failure());
}

// Their requests

void NativeProtocol::takeRequest(const Frame& frame) {
  if (findIncoming(frame.number)) throw MessageError("a request with the id of another");
  const ReplyForm form{&writeReply, frame.number};
  text_.clear();
  detail::ApiRequest* const asked = api_ ? api_->find(frame.name) : nullptr;
  const bool known = asked && asked->type().name == frame.name;
  if (VLOG_IS_ON(1)) {
    LogLine::info() << (known ? std::string(frame.name) : detail::shown(frame.name)) << " from "
                    << transport().getPeer();
  }
  if (!known) {
    Reply reply = replyOf(UnknownRequest(frame.name), std::move(text_), form);
    return sendReply(reply, form);
  }
  MembersReader members(frame.members, options_.limits);
  detail::Answered answered = asked->answer(members, std::move(text_), form, object_);
  if (Reply* reply = std::get_if<Reply>(&answered)) return sendReply(*reply, form);
  workOn(form, std::get<Deferred<Reply>>(std::move(answered)));
}

void NativeProtocol::workOn(const ReplyForm& form, Deferred<Reply> answer) {
  if (Reply* const reply = answer.readyValue()) return sendReply(*reply, form);
  Incoming* place = findIncoming(0);
  if (!place) place = &incoming_.emplace_back();
  place->id = form.id;
  place->work = std::move(answer).addCallback([this, form](Reply reply) { finish(form, reply); });
  ++atWork_;
}

/// Whether it is a request, and too much is to be done already; or is about one that waits.
bool NativeProtocol::mustWait(const Frame& frame) noexcept {
  if (!greeted_) return false;
  if (frame.kind == Frame::Kind::kRequest) return !held_.empty() || !mayWork();
  return frame.kind == Frame::Kind::kCancel && !held_.empty() && !findIncoming(frame.number);
}

void NativeProtocol::hold(std::string_view text, bool isRequest) {
  held_.push_back({std::string(text), isRequest});
  heldBytes_ += text.size() + kHeldOverhead;
  if (heldBytes_ <= options_.mostHeld || transport().paused()) return;
  transport().pauseProducing();
  if (!behind_) setTimeout(options_.answerWithin / 2);
}

bool NativeProtocol::mayTakeHeld() const noexcept {
  if (held_.empty() || !connected() || transport().disconnecting()) return false;
  return mayWork() || !held_.front().isRequest;
}

void NativeProtocol::workOff() {
  if (std::exchange(workingOff_, true)) return;
  while (mayTakeHeld()) takeHeld();
  workingOff_ = false;
  if (!connected() || !transport().paused()) return;
  if (heldBytes_ <= options_.mostHeld / 2) return readOn();
  if (!behind_) setTimeout(options_.answerWithin / 2);
}

void NativeProtocol::readOn() {
  enquired_ = false;
  setTimeout(options_.enquireAfter);
  transport().resumeProducing();
}

void NativeProtocol::takeHeld() {
  const std::string text = std::move(held_.front().frame);
  held_.pop_front();
  heldBytes_ -= text.size() + kHeldOverhead;
  try {
    detail::FrameReader reader;
    take(reader.read(text));
  } catch (const MessageError& error) {
    sayGoodbye(BadRequest(error.what()));
  } catch (...) {
    loseConnection(Failure::current());
  }
}

NativeProtocol::Incoming* NativeProtocol::findIncoming(std::uint64_t id) noexcept {
  const auto found = std::find_if(incoming_.begin(), incoming_.end(),
                                  [id](const Incoming& one) { return one.id == id; });
  return found == incoming_.end() ? nullptr : &*found;
}

void NativeProtocol::finish(const ReplyForm& form, Reply& reply) {
  findIncoming(form.id)->id = 0;
  --atWork_;
  sendReply(reply, form);
  if (!held_.empty()) workOff();
}

/// One that is too long for the other side becomes a fault, which is not.
void NativeProtocol::sendReply(Reply& reply, const ReplyForm& form) {
  if (!connected()) return;
  if (reply.text.size() > frameLimit_) {
    const TooLarge fault("an answer of " + std::to_string(reply.text.size()) + " bytes");
    reply = replyOf(fault, "", form);
  }
  send(reply.text);
  text_ = std::move(reply.text);
}

void NativeProtocol::takeCancel(std::uint64_t id) {
  Incoming* const place = findIncoming(id);
  if (place) place->work.cancelHandle().cancel();  // its end may begin another in its place
}

// Our requests

void NativeProtocol::ask(const detail::MessageType& type, const void* request,
                         std::unique_ptr<PendingReply> reply) {
  if (!connected()) return reply->failed(Failure(NotConnected()));
  if (outgoing_.size() - free_.size() >= options_.mostPending) {
    return reply->failed(Failure(Overloaded("too many requests wait for answers")));
  }
  Outgoing& place = newPlace();
  text_.clear();
  try {
    detail::appendMessage(text_, Frame::Kind::kRequest, place.id, type.name, type, request);
    if (text_.size() > frameLimit_) {
      throw TooLarge("a request of " + std::to_string(text_.size()) + " bytes");
    }
    send(text_);
  } catch (const MessageError& error) {
    freePlace(place);
    return reply->failed(Failure(BadRequest(error.what())));
  } catch (...) {
    freePlace(place);
    return reply->failed(Failure::current());
  }
  reply->tellCancelTo(this, place.id);
  place.reply = std::move(reply);
}

/// The next id of a place whose last request is answered, or of a new one.
NativeProtocol::Outgoing& NativeProtocol::newPlace() {
  if (free_.empty()) {
    free_.reserve(outgoing_.size() + 1);
    return outgoing_.emplace_back(Outgoing{outgoing_.size() + 1, true, nullptr});
  }
  Outgoing& place = outgoing_[free_.back()];
  free_.pop_back();
  place.id += kMostPlaces;
  place.waits = true;
  return place;
}

void NativeProtocol::freePlace(Outgoing& place) noexcept {
  place.waits = false;
  free_.push_back(static_cast<std::size_t>(&place - outgoing_.data()));
}

NativeProtocol::Outgoing* NativeProtocol::findOutgoing(std::uint64_t id) noexcept {
  const std::uint64_t index = (id - 1) % kMostPlaces;
  if (index >= outgoing_.size()) return nullptr;
  Outgoing& place = outgoing_[index];
  return place.id == id && place.waits ? &place : nullptr;
}

void NativeProtocol::cancelled(PendingReply& reply) {
  Outgoing* const place = findOutgoing(reply.id());
  const auto dropped = std::move(place->reply);
  if (!connected()) return;
  text_.clear();
  detail::appendCancel(text_, reply.id());
  send(text_);
}

void NativeProtocol::takeAnswer(const Frame& frame) {
  Outgoing* const place = findOutgoing(frame.number);
  if (!place)
    throw MessageError("an answer to no request, with the id " + std::to_string(frame.number));
  const auto reply = std::move(place->reply);
  freePlace(*place);
  if (!reply) return;
  reply->tellCancelTo(nullptr, 0);
  try {
    if (frame.kind == Frame::Kind::kFault) {
      return reply->failed(readFault(frame, reply->faults(), options_.limits));
    }
    if (frame.name != reply->type().name) throw UnexpectedReply(reply->type().name, frame.name);
    detail::readJSON(frame.members, reply->type(), reply->message(), options_.limits);
  } catch (const MessageError& error) {
    return reply->failed(Failure(Faulted("an answer that is none", error.what())));
  } catch (...) {
    return reply->failed(Failure::current());
  }
  reply->arrived();
}

void NativeProtocol::connectionLost(const Failure& reason) {
  held_.clear();
  for (Incoming& incoming : std::exchange(incoming_, {})) std::move(incoming.work).discard();
  const Failure why = detail::lossOf(reason, closing_);
  std::vector<Outgoing> failing = std::exchange(outgoing_, {});
  for (Outgoing& outgoing : failing) {
    if (outgoing.reply) outgoing.reply->tellCancelTo(nullptr, 0);
  }
  for (Outgoing& outgoing : failing) {
    if (outgoing.reply) outgoing.reply->failed(why);
  }
  if (const auto object = std::move(object_)) {
    api_->sessions()->ended(object.get(), closing_ || leaving_);
  }
  tellEnded(why);
}

std::shared_ptr<Factory> newNativeFactory(std::shared_ptr<const Api> api, NativeOptions options) {
  return Factory::forProtocol<NativeProtocol>(std::move(api), options);
}

}  // namespace couplet
