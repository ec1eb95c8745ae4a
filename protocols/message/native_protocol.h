// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Messages over a connection of their own: any number of requests at once, in both directions. The
// protocol is docs/native-protocol.md.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
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
  /// More of the other side's requests are not read while so many are at work.
  std::size_t mostAtWork = 1000;
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

  Clock& clock() noexcept override { return transport().clock(); }

  // detail::Asked
  void cancelled(detail::PendingReply& reply) override;

  void accept();
  void take(const detail::Frame& frame);
  void takeHello(const detail::Frame& frame);
  void sayGoodbye(const Fault& why);

  // Their requests.
  void takeRequest(const detail::Frame& frame);
  void takeCancel(std::uint64_t id);
  bool full() const noexcept { return atWork_ >= options_.mostAtWork; }
  void sayPresent();
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
