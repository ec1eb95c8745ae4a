// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/native_session.h>

#include <utility>

#include <couplet/protocols/message/detail/session_handle.h>
#include <couplet/protocols/message/faults.h>

namespace couplet {

namespace {

class ClientProtocol final : public NativeProtocol {
 public:
  ClientProtocol(std::shared_ptr<const Api> api, NativeOptions options, detail::SessionLink link)
      : NativeProtocol(std::move(api), options),
        patience_(options.answerWithin),
        link_(std::move(link)) {}

  void connectionMade() override {
    NativeProtocol::connectionMade();
    whenEnded([this](const Failure& why) { link_.end(why); });
    silence_ = callLater(patience_, [this] {
      transport().failConnection(Failure(TimedOut("the other side does not say hello")));
    });
  }

 private:
  void helloReceived() override {
    silence_.cancel();
    link_.begin(*this, transport().clock());
  }

  const Duration patience_;
  DelayedCall silence_;
  detail::SessionLink link_;
};

class NativeSessionFactory final : public detail::SessionFactory {
 public:
  NativeSessionFactory(Address address, std::shared_ptr<const Api> api, NativeOptions options)
      : SessionFactory(std::move(address)), api_(std::move(api)), options_(options) {}

 private:
  std::unique_ptr<Protocol> newProtocol(detail::SessionLink link) override {
    return std::make_unique<ClientProtocol>(api_, options_, std::move(link));
  }

  const std::shared_ptr<const Api> api_;
  const NativeOptions options_;
};

}  // namespace

Deferred<std::shared_ptr<Session>> connectNative(Reactor& reactor, std::string host,
                                                 std::uint16_t port, std::shared_ptr<const Api> api,
                                                 NativeOptions options, Duration timeout) {
  auto factory = std::make_shared<NativeSessionFactory>(Address{std::move(host), port},
                                                        std::move(api), options);
  return detail::SessionFactory::connect(reactor, std::move(factory), timeout);
}

}  // namespace couplet
