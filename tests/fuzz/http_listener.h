// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Gives a parser of HTTP messages its bytes in pieces, and looks at it after each call: README.md
// says at what.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <couplet/protocols/http/request_parser.h>
#include <couplet/protocols/http/response_parser.h>

#include "heap.h"
#include "http_settings.h"
#include "http_words.h"
#include "require.h"
#include "script.h"

namespace couplet::fuzz {

/// A parser, and what was heard of it. Good for one stream of bytes.
template <class Parser>
class HTTPListener {
 public:
  explicit HTTPListener(const HTTPSettings& settings)
      : settings_(settings), parser_(settings_.limits, table_) {}
  virtual ~HTTPListener() = default;
  HTTPListener(const HTTPListener&) = delete;
  HTTPListener& operator=(const HTTPListener&) = delete;

  /// In pieces as long as the letters of `cuts` say, and then all that is left.
  void give(std::string_view wire, std::string_view cuts) {
    Script script(cuts);
    while (!script.ended()) {
      const std::size_t size = std::min(script.number(), wire.size());
      givePiece(wire.substr(0, size));
      wire.remove_prefix(size);
    }
    givePiece(wire);
  }

  void giveInPieces(std::string_view wire, std::size_t size) {
    for (; !wire.empty(); wire.remove_prefix(std::min(size, wire.size()))) {
      givePiece(wire.substr(0, size));
    }
  }

  /// Nothing more comes.
  Heard finish() {
    givePiece({});
    if (handedOver_) hear(handedOver(untouched_));
    if (!handedOver_ && !refused_) endInput();
    if (refused_) givePiece("more");
    return std::move(heard_);
  }

 protected:
  /// After kHead and after kEnd.
  virtual void headCame() = 0;
  virtual void messageEnded() = 0;

  /// After kNeedMore; of what was taken since the last event.
  virtual void needsMore(std::string_view) {}

  /// After the end of input; whether the parser says that this is an end.
  virtual void inputEnded(bool atEnd) = 0;

  Parser& parser() { return parser_; }
  const HTTPSettings& settings() const { return settings_; }
  void hear(std::string what) { heard_.push_back(std::move(what)); }
  bool inMessage() const { return phase_ != kOutside; }
  void end() {
    phase_ = kOutside;
    hear(kEnded);
    messageEnded();
  }

 private:
  enum Phase { kOutside, kInBody, kBehindTrailers };

  /// The bytes are of memory that goes with the call.
  void givePiece(std::string_view piece) {
    const auto copy = std::make_unique<char[]>(piece.size());
    if (!piece.empty()) std::memcpy(copy.get(), piece.data(), piece.size());
    std::string_view bytes(copy.get(), piece.size());
    while (takeNext(bytes)) {
    }
    if (handedOver_) untouched_.append(bytes);
  }

  /// False when there is no more to hear of the bytes.
  bool takeNext(std::string_view& bytes) {
    const std::string_view before = bytes;
    const std::size_t heapBefore = heapInUse();
    const HTTPEvent event = parser_.next(bytes);
    heap_ += heapInUse() - heapBefore;
    require(bytes.size() <= before.size() && bytes.end() == before.end(),
            "bytes are taken off the front");
    const std::string_view taken = before.substr(0, before.size() - bytes.size());
    require((event == HTTPEvent::kRefused) == (parser_.refused() != nullptr),
            "a refusal says why, and nothing else does");
    require(!refused_ || event == HTTPEvent::kRefused, "what is refused stays refused");
    require(!handedOver_ || event == HTTPEvent::kHandedOver, "what is handed over stays so");
    pending_.append(taken);
    largest_ = std::max(largest_, pending_.size());
    const bool more = hearEvent(event, bytes);
    if (event != HTTPEvent::kNeedMore) pending_.clear();
    if (!more) requireBounded();
    if (event == HTTPEvent::kNeedMore) needsMore(pending_);
    return more;
  }

  bool hearEvent(HTTPEvent event, std::string_view bytes) {
    switch (event) {
      case HTTPEvent::kInterim:
      case HTTPEvent::kHead:
        hearHead(event == HTTPEvent::kInterim);
        return true;
      case HTTPEvent::kBody:
        require(phase_ == kInBody && !parser_.body().empty(), "a body is behind a head");
        hearBody(heard_, parser_.body());
        return true;
      case HTTPEvent::kTrailers:
        require(std::exchange(phase_, kBehindTrailers) == kInBody, "trailers are behind a body");
        require(!parser_.trailers().empty(), "trailers are some");
        hear(trailersOf(parser_.trailers()));
        return true;
      case HTTPEvent::kEnd:
        require(phase_ != kOutside, "what ends has begun");
        end();
        return true;
      case HTTPEvent::kHandedOver:
        require(pending_.empty(), "what is handed over is left untouched");
        handedOver_ = true;
        return false;
      case HTTPEvent::kRefused:
        hearRefusal();
        [[fallthrough]];
      case HTTPEvent::kNeedMore:
        break;
    }
    require(bytes.empty(), "all bytes are taken");
    return false;
  }

  void hearHead(bool interim) {
    require(phase_ == kOutside, "a head begins a message");
    hear(inFull(parser_.head()));
    if (interim) return;
    phase_ = kInBody;
    headCame();
  }

  void hearRefusal() {
    if (std::exchange(refused_, true)) return;
    hear(refusalOf(parser_.head(), parser_.refused()->status));
  }

  /// What is kept is not more than came of a head or of trailers, at most twice while a buffer
  /// grows, and not more than is allowed; and the room for fields.
  void requireBounded() {
    constexpr std::size_t kSlack = 512;
    const HTTPLimits& limits = settings_.limits;
    const std::size_t most = std::max(limits.head, limits.trailers) + 2;
    const std::size_t ofTable = sizeof(HeaderField) * limits.headerCount + 2 * largest_;
    const std::size_t kept = std::min(2 * pending_.size(), most);
    require(leastAsked(heap_) <= kept + ofTable + kSlack, "a parser keeps no more than it may");
  }

  void endInput() {
    const HTTPEvent event = parser_.inputEnded();
    require(event == HTTPEvent::kEnd || event == HTTPEvent::kRefused, "the end of input is heard");
    refused_ = event == HTTPEvent::kRefused;
    inputEnded(!refused_);
  }

  const HTTPSettings settings_;
  HTTPHeadTable table_;
  Parser parser_;
  Heard heard_;
  Phase phase_ = kOutside;
  bool handedOver_ = false;
  bool refused_ = false;
  std::string untouched_;    // what came after the connection was handed over
  std::string pending_;      // taken since the last event
  std::size_t largest_ = 0;  // of that
  std::size_t heap_ = 0;     // what parser and table have of it
};

/// Hears requests.
class RequestListener : public HTTPListener<HTTPRequestParser> {
 public:
  using HTTPListener::HTTPListener;

 protected:
  void headCame() override {
    const RequestHead& head = parser().head();
    if (settings().bodyLimit) parser().setBodyLimit(*settings().bodyLimit);
    upgrade_ = head.upgrade;
    if (settings().handsOver && head.method == "CONNECT") parser().handOver();
  }

 private:
  void messageEnded() override {
    require(parser().idle(), "a request that is over is over");
    if (settings().handsOver && upgrade_) parser().handOver();
  }

  void needsMore(std::string_view taken) override {
    const bool nothing = taken.empty() || taken == "\r\n";
    require(parser().idle() == (!inMessage() && nothing), "it is idle between requests");
  }

  void inputEnded(bool atEnd) override {
    require(atEnd == parser().idle(), "the end of input is an end between requests");
    hear(atEnd ? kInputEnded : kCutShort);
  }

  bool upgrade_ = false;
};

/// Hears the responses to `requests`, each sent when the one before is answered and the connection
/// may be used again.
class ResponseListener : public HTTPListener<HTTPResponseParser> {
 public:
  using Request = HTTPResponseParser::Request;

  ResponseListener(const HTTPSettings& settings, std::span<const Request> requests)
      : HTTPListener(settings), requests_(requests) {
    sendNext();
  }

 protected:
  void headCame() override {
    if (settings().bodyLimit) parser().setBodyLimit(*settings().bodyLimit);
  }

 private:
  void sendNext() {
    if (requests_.empty()) return;
    parser().expectResponse(requests_.front());
    requests_ = requests_.subspan(1);
    require(!parser().begun() && !parser().reusable(), "a response that is expected is to come");
  }

  void messageEnded() override {
    if (parser().reusable()) sendNext();
  }

  void needsMore(std::string_view taken) override {
    require(taken.empty() || parser().begun(), "a response of which something came has begun");
    reusable_ = parser().reusable();
    require(!inMessage() || !reusable_, "a connection in use is not used again");
  }

  void inputEnded(bool atEnd) override {
    if (!atEnd) return hear(kCutShort);
    if (inMessage()) end();
    hear(reusable_ ? kReusable : kInputEnded);
  }

  std::span<const Request> requests_;
  bool reusable_ = true;
};

/// What is heard must be `expected`, in which pieces ever it comes.
template <class Listener, class... Settings>
void requireHeardEachWay(const Heard& expected, std::string_view wire, std::string_view cuts,
                         const Settings&... settings) {
  Listener cut(settings...);
  cut.give(wire, cuts);
  requireHeard(cut.finish(), expected, "in pieces");
  Listener whole(settings...);
  whole.give(wire, "");
  requireHeard(whole.finish(), expected, "whole");
  Listener inBytes(settings...);
  inBytes.giveInPieces(wire, 1);
  requireHeard(inBytes.finish(), expected, "byte by byte");
}

}  // namespace couplet::fuzz
