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
class HTTPChannel : public TimeoutMixin<Protocol> {
 public:
  explicit HTTPChannel(Site& site);
  ~HTTPChannel() override;

  void connectionMade() override;
  void dataReceived(std::string_view bytes) override;
  void producingResumed() override;
  void readConnectionLost() override;
  void timeoutConnection() override;

 private:
  enum class State : std::uint8_t { kIdle, kHead, kBody, kAtWork, kClosed };

  void take(std::string_view& bytes);
  void takeHeld();
  void hold(std::string_view bytes);
  void moveOn(State state);
  void headCame();
  void bodyCame(std::string_view piece);
  void requestCame();
  void answer(Answer answer);
  void answerLater(Deferred<Response> later);
  void refuse(int status, std::string_view why);
  void failed(const Failure& failure);
  void respond(Response response);
  void send(Response& response, const AnsweredRequest& answered, bool close);
  void close();

  Site& site_;
  HTTPRequestParser parser_;
  std::unique_ptr<Request> request_;  // from its head until its answer; null between
  HeldBytes held_;                    // came behind a request that is at work
  CancelHandle work_;                 // of the answer that comes later
  std::size_t bodyBytes_ = 0;         // that came in this bodyPatience
  State state_ = State::kIdle;
  bool keepAlive_ = false;  // of request_
  bool taking_ = false;     // `take` runs
  bool ended_ = false;      // the client sends no more
};

}  // namespace couplet
#pragma GCC visibility pop
