// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/native_session.h>

#include <utility>

#include <couplet/reactor/errors.h>
#include <couplet/reactor/reactor.h>

namespace couplet {

namespace {

class NativeSession final : public Session {
 public:
  NativeSession(Clock& clock, std::string address) : clock_(clock), address_(std::move(address)) {}
  ~NativeSession() override { close(); }

  bool connected() const noexcept override { return protocol_ && protocol_->connected(); }
  void close() override {
    if (protocol_) protocol_->close();
  }

  void begin(NativeProtocol& protocol) noexcept { protocol_ = &protocol; }
  void end() noexcept { protocol_ = nullptr; }

 private:
  void ask(const detail::MessageType& type, const void* request,
           std::unique_ptr<detail::PendingReply> reply) override {
    if (connected()) return protocol_->send(type, request, std::move(reply));
    reply->failed(Failure(NotConnected::to(address_)));
  }
  Clock& clock() noexcept override { return clock_; }

  Clock& clock_;
  const std::string address_;
  NativeProtocol* protocol_ = nullptr;  // null when it is lost
};

using NewSession = Promise<std::shared_ptr<Session>>;

/// Tells its session how it is.
class ClientProtocol final : public NativeProtocol {
 public:
  ClientProtocol(std::shared_ptr<const Api> api, NativeOptions options, std::string address,
                 NewSession made)
      : NativeProtocol(std::move(api), options),
        address_(std::move(address)),
        made_(std::move(made)) {}

  void connectionMade() override {
    NativeProtocol::connectionMade();
    auto session = std::make_shared<NativeSession>(transport().clock(), address_);
    session->begin(*this);
    session_ = session;
    made_.callback(std::move(session));
  }
  void connectionLost(const Failure& reason) override {
    if (const auto session = session_.lock()) session->end();
    NativeProtocol::connectionLost(reason);
  }

 private:
  const std::string address_;
  NewSession made_;
  std::weak_ptr<NativeSession> session_;
};

class ConnectingFactory final : public ClientFactory {
 public:
  ConnectingFactory(std::shared_ptr<const Api> api, NativeOptions options, Address address)
      : api_(std::move(api)), options_(options), address_(std::move(address)) {}

  Deferred<std::shared_ptr<Session>> deferred() { return made_.deferred(); }

  void startedConnecting(Connector& connector) override { connector_ = &connector; }
  std::unique_ptr<Protocol> buildProtocol(const Address&) override {
    connector_ = nullptr;
    return std::make_unique<ClientProtocol>(std::move(api_), options_, address_.toString(),
                                            std::move(made_));
  }
  void clientConnectionFailed(const Failure& reason) override {
    connector_ = nullptr;
    if (!made_.pending()) return;  // cancelled
    const auto* error = reason.get<ConnectError>();
    made_.errback(Failure(NotConnected(address_.toString(), error ? error->errorNumber() : 0)));
  }

 private:
  std::shared_ptr<const Api> api_;
  const NativeOptions options_;
  const Address address_;
  Connector* connector_ = nullptr;  // while it may be given up
  NewSession made_{[this] {
    if (connector_) connector_->disconnect();
  }};
};

}  // namespace

Deferred<std::shared_ptr<Session>> connectNative(Reactor& reactor, std::string host,
                                                 std::uint16_t port, std::shared_ptr<const Api> api,
                                                 NativeOptions options, Duration timeout) {
  const Address address{std::move(host), port};
  auto factory = std::make_shared<ConnectingFactory>(std::move(api), options, address);
  auto made = factory->deferred();
  reactor.connectTCP(address.host, address.port, std::move(factory), {.timeout = timeout});
  return made;
}

}  // namespace couplet
