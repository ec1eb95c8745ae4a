// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The server's side of an HTTP/1.1 connection. Twisted's HTTPChannel.
#pragma once

#include <memory>
#include <string_view>

#include <couplet/protocols/held_bytes.h>
#include <couplet/protocols/http/request_parser.h>
#include <couplet/protocols/http/response.h>
#include <couplet/protocols/timeout_mixin.h>
#include <couplet/reactor/producer.h>

#pragma GCC visibility push(default)
namespace couplet {

class Request;
class Site;
struct AnsweredRequest;

/// Takes requests, one at a time, and sends the answers in their order. What comes behind a request
/// that is at work waits, and is no longer read above a bound. Made by a Site, which must outlive
/// it.
///
///     idle -> head -> body -> at work -> (idle | closed)
///
/// A request is not begun while more than 64 KiB of answers are unsent.
class HTTPChannel : public TimeoutMixin<Protocol>, private Producer {
 public:
  explicit HTTPChannel(Site& site);
  ~HTTPChannel() override;

  void connectionMade() override;
  void dataReceived(std::string_view bytes) override;
  void producingResumed() override;
  void readConnectionLost() override;
  void timeoutConnection() override;

 private:
  enum class State : std::uint8_t {  // the order matters
    kIdle,
    kHead,
    kBody,
    kAtWork,   // what comes is held
    kRefused,  // what comes is dropped, from here on
    kClosed
  };

  // Producer: of the transport while too much is unsent.
  void pauseProducing() override {}
  void resumeProducing() override;
  void stopProducing() override { full_ = false; }

  void take(std::string_view& bytes);
  void takeHeld();
  bool mayTake();
  void hold(std::string_view bytes);
  void moveOn(State state);
  void headCame();
  void bodyCame(std::string_view piece);
  void requestCame();
  void answer(Answer answer);
  void answerLater(Deferred<Response> later);
  void refuse(int status, std::string_view why);
  void answered(Result<Response> result);
  Response pageOf(const Failure& failure);
  void respond(Response response);
  bool trySend(Response response, const AnsweredRequest& answered, bool close);
  void goOn();
  void send(Response& response, const AnsweredRequest& answered, bool close);
  void close();

  Site& site_;
  HTTPRequestParser parser_;
  std::unique_ptr<Request> request_;  // from its head until its answer; null between
  HeldBytes held_;                    // came behind a request that is at work
  CancelHandle work_;                 // of the answer that comes later
  std::size_t bodyBytes_ = 0;         // that came in this bodyPatience
  std::size_t unsentBefore_ = 0;      // when the time-out was last looked at
  State state_ = State::kIdle;
  bool keepAlive_ = false;  // of request_
  bool taking_ = false;     // `take` runs
  bool full_ = false;       // this is the transport's producer
  bool ended_ = false;      // the client sends no more
};

}  // namespace couplet
#pragma GCC visibility pop
