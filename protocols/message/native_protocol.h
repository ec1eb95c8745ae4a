// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Messages over a connection of their own: any number of requests at once, in both directions. The
// protocol is docs/native-protocol.md.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/protocols/message/api.h>
#include <couplet/protocols/message/json.h>
#include <couplet/protocols/message/session.h>
#include <couplet/protocols/netstring.h>
#include <couplet/protocols/timeout_mixin.h>
#include <couplet/reactor/factory.h>
#include <couplet/reactor/producer.h>

namespace couplet::detail {
struct Frame;
struct Reply;
struct ReplyForm;
}  // namespace couplet::detail

#pragma GCC visibility push(default)
namespace couplet {

/// What bounds a connection. Who is given something that cannot be throws std::invalid_argument.
struct NativeOptions {
  /// The longest frame that is taken, and that is sent if the other side takes it, in bytes:
  /// 1024 or more.
  std::size_t frameLimit = 1024 * 1024;
  /// More of the other side's requests wait while so many are at work, or while more than 64 KiB of
  /// answers are unsent.
  std::size_t mostAtWork = 1000;
  /// Nothing more is read while the requests that wait take so many bytes.
  std::size_t mostHeld = 1024 * 1024;
  /// More of our own requests fail with Overloaded while so many wait for answers; up to 2^20.
  std::size_t mostPending = 10'000;
  /// After so long a silence the other side is asked whether it is there, and has so long to
  /// answer.
  Duration enquireAfter = std::chrono::seconds(60);
  Duration answerWithin = std::chrono::seconds(5);
  JSONLimits limits{};
};

/// Either side. Asks as a Session, and answers with its Api, if it has one.
class NativeProtocol : public TimeoutMixin<NetstringReceiver>,
                       public Session,
                       private Producer,
                       private detail::Asked {
 public:
  explicit NativeProtocol(std::shared_ptr<const Api> api = nullptr, NativeOptions options = {});
  ~NativeProtocol() override;

  bool connected() const noexcept override { return Protocol::connected(); }
  Address getPeer() const override { return transport().getPeer(); }
  void close() override;
  void ask(const detail::MessageType& type, const void* request,
           std::unique_ptr<detail::PendingReply> reply) override;

  void connectionMade() override;
  void dataReceived(std::string_view bytes) override;
  void stringReceived(std::string_view text) override;
  void connectionLost(const Failure& reason) override;
  void timeoutConnection() override;

 protected:
  /// The other side has said hello: from now on it takes frames of its own limit, and not of 1024
  /// bytes only.
  virtual void helloReceived() {}

 private:
  struct Outgoing;
  struct Incoming;
  struct Held {
    std::string frame;
    bool isRequest;  // else a cancel of one
  };

  Clock& clock() noexcept override { return transport().clock(); }

  // Producer: of the transport while too much is unsent, so that this goes on to read.
  void resumeProducing() override;
  void stopProducing() override { behind_ = false; }

  // detail::Asked
  void cancelled(detail::PendingReply& reply) override;

  void accept();
  void send(std::string_view text);
  void sayPresent();
  void awaitReader();
  void take(const detail::Frame& frame);
  void takeHello(const detail::Frame& frame);
  void sayGoodbye(const Fault& why);

  // Their requests.
  void takeRequest(const detail::Frame& frame);
  void takeCancel(std::uint64_t id);
  bool mayWork() const noexcept { return !behind_ && atWork_ < options_.mostAtWork; }
  bool mustWait(const detail::Frame& frame) noexcept;
  void hold(std::string_view text, bool isRequest);
  bool mayTakeHeld() const noexcept;
  void workOff();
  void takeHeld();
  void readOn();
  void workOn(const detail::ReplyForm& form, Deferred<detail::Reply> answer);
  void finish(const detail::ReplyForm& form, detail::Reply& reply);
  void sendReply(detail::Reply& reply, const detail::ReplyForm& form);
  Incoming* findIncoming(std::uint64_t id) noexcept;

  // Our requests.
  void takeAnswer(const detail::Frame& frame);
  Outgoing& newPlace();
  void freePlace(Outgoing& place) noexcept;
  Outgoing* findOutgoing(std::uint64_t id) noexcept;

  const std::shared_ptr<const Api> api_;
  const NativeOptions options_;
  std::size_t frameLimit_;          // of what is sent
  bool greeted_ = false;            // the other side's hello has come
  bool enquired_ = false;           // and not been answered
  bool closing_ = false;            // by this side
  bool leaving_ = false;            // the same, and it has said why
  std::vector<Outgoing> outgoing_;  // our requests; a place is used again
  std::vector<std::size_t> free_;   // places in it
  std::vector<Incoming> incoming_;  // the other's requests that are answered later; likewise
  std::size_t atWork_ = 0;          // of these
  std::list<Held> held_;            // what waits; takes no memory while that is nothing
  std::size_t heldBytes_ = 0;       // what they take
  std::size_t unsentBefore_ = 0;    // when a silence passed last
  bool behind_ = false;             // too much is unsent
  bool workingOff_ = false;         // `workOff` runs
  std::shared_ptr<void> object_;    // that the Api keeps for this; null where it keeps none
  std::string text_;                // what is about to be sent, or its memory
};

/// Builds the answering side of each connection.
///
///     reactor->listenTCP(5054, newNativeFactory(api));
std::shared_ptr<Factory> newNativeFactory(std::shared_ptr<const Api> api,
                                          NativeOptions options = {});

}  // namespace couplet
#pragma GCC visibility pop
