// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The server's side of an HTTP/1.1 connection. Twisted's HTTPChannel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <couplet/deferred/clock.h>
#include <couplet/protocols/held_bytes.h>
#include <couplet/protocols/http/body_writer.h>
#include <couplet/protocols/http/response.h>
#include <couplet/reactor/producer.h>
#include <couplet/reactor/protocol.h>

namespace couplet::detail {
struct ChannelStreams;
struct HTTPExchange;
}  // namespace couplet::detail

#pragma GCC visibility push(default)
namespace couplet {

class Site;

/// Takes requests, one at a time, and sends the answers in their order. What comes behind a request
/// that is at work waits, and is no longer read above a bound. Made by a Site, which must outlive
/// it.
///
///     idle -> head -> body -> at work -> (idle | handing over | refused | closed)
///
/// A request is at work when its body has come; where its resource takes the body as it comes, it
/// is answered from its head on. A request is not begun while more than 64 KiB of answers are
/// unsent.
class HTTPChannel : public Protocol, private Producer {
 public:
  explicit HTTPChannel(Site& site);
  ~HTTPChannel() override;

  void connectionMade() override;
  void dataReceived(std::string_view bytes) override;
  void producingResumed() override;
  void readConnectionLost() override;
  void connectionLost(const Failure& reason) override;

  /// Finishes what is at work, with `Connection: close`, then closes; aborts after `deadline`. See
  /// Site::drain.
  void drain(Duration deadline);

 private:
  friend class Site;
  friend struct detail::ChannelStreams;

  enum class State : std::uint8_t {  // the order matters
    kIdle,
    kHead,
    kBody,
    kAtWork,       // what comes is held, from here on
    kHandingOver,  // to the next protocol
    kRefused,      // what comes is dropped, from here on
    kClosed
  };

  static constexpr Clock::TimePoint kNever = Clock::TimePoint::max();

  // In a list of the site's.
  void link(HTTPChannel*& first) noexcept;
  void unlink(HTTPChannel*& first) noexcept;

  // Producer: of the transport while too much is unsent.
  void pauseProducing() override {}
  void resumeProducing() override;
  void stopProducing() override { full_ = false; }

  // What comes.
  void take(std::string_view& bytes);
  void takeHeld();
  bool mayTake();
  void deliverAgain();
  void hold(std::string_view bytes);
  void paceInput();
  void moveOn(State state);
  void headCame();
  void bodyBegins();
  void bodyCame(std::string_view piece);
  void requestCame();
  void streamedBodyCame(std::string_view last);
  void sendContinue();
  void write(std::string_view bytes) {
    transport().write(bytes);
    written_ += bytes.size();
  }
  void bodyAwaited();
  void resumeDeadline();
  void refuse(int status, std::string_view why);
  void expectBy(Duration patience);
  void deadlinePassed();
  bool bodyIsLate() const;
  bool readsTooSlowly() const;
  std::uint64_t takenSoFar() const;
  void watch();

  // What is answered.
  void render();
  Answer ask();
  void answerLater(Deferred<Response> later);
  void answered(Result<Response>& result);
  Response pageOf(const Failure& failure);
  bool sendOrdinary(const Response& response);
  void respond(Response& response);
  void respondAsAsked(Response& response);
  void continueForProducer();
  bool trySend(Response& response, const AnsweredRequest& answered);
  void send(Response& response, const AnsweredRequest& answered);
  std::unique_ptr<Protocol> nextProtocol(const Response& response);
  std::string_view connectionField(const Response& response, bool old, bool handing);
  AddedFields addedFields(const Response& response, const AnsweredRequest& answered, bool handing);
  detail::ChannelStreams& streams();
  detail::ChannelStreams* streaming() const noexcept;
  const OutgoingBody* outgoing() const noexcept;
  bool bodyIsStalled() const noexcept;
  void stream();
  void streamed(const Result<void>& result);
  void logAnswer();
  /// `sent` is the text that was the body, if it was one, and is of no use any more.
  void finishAnswer(std::string* sent = nullptr);
  void endStreams();
  void goOn();
  void linger();
  void handOver(std::string_view bytes);
  void leave();
  void close();
  void drainedTooLong();
  bool endsByThisSide(const Failure& reason) const;

  Site& site_;
  HTTPChannel* previous_ = nullptr;  // in the list of the site
  HTTPChannel* next_ = nullptr;
  Clock::TimePoint deadline_ = kNever;              // the site calls deadlinePassed then
  std::unique_ptr<detail::HTTPExchange> exchange_;  // null while idle
  HeldBytes held_;                                  // came behind a request that is at work
  std::uint64_t written_ = 0;                       // but for a body that is streamed
  std::uint64_t takenBefore_ = 0;                   // when a deadline passed last
  std::uint32_t unsentBefore_ = 0;                  // the same
  State state_ = State::kIdle;
  bool answering_ = false;  // the request is with its resource
  bool keepAlive_ = false;  // after the request
  bool taking_ = false;     // `take` runs
  bool full_ = false;       // this is the transport's producer
  bool ended_ = false;      // the client sends no more, and was not refused
  bool draining_ = false;
  bool listed_ = false;  // by the site
};

}  // namespace couplet
#pragma GCC visibility pop
