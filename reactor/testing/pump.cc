// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/testing/pump.h>

#include <utility>

#include <couplet/reactor/testing/detail/memory_connection.h>
#include <couplet/reactor/testing/detail/memory_loop.h>

namespace couplet::testing {

using couplet::detail::ConnectionLoop;
using couplet::detail::MemoryConnection;
using couplet::detail::MemoryLoop;

namespace {

const Address kServerAddress{"127.0.0.1", 10000};
const Address kClientAddress{"127.0.0.1", 50000};

/// Hands out the protocol that there is.
class OneProtocol final : public Factory {
 public:
  explicit OneProtocol(std::unique_ptr<Protocol> protocol) : protocol_(std::move(protocol)) {}
  std::unique_ptr<Protocol> buildProtocol(const Address&) override { return std::move(protocol_); }

 private:
  std::unique_ptr<Protocol> protocol_;
};

std::shared_ptr<Factory> factoryOf(std::unique_ptr<Protocol> protocol) {
  return std::make_shared<OneProtocol>(std::move(protocol));
}

/// One end: the connection while it is one, then why it was lost.
struct End {
  MemoryConnection* connection = nullptr;
  std::optional<Failure> lost;

  MemoryConnection& make(MemoryLoop& loop, std::shared_ptr<Factory> factory, const Address& host,
                         const Address& peer) {
    auto made = std::make_unique<MemoryConnection>(loop.network(), loop.connections(),
                                                   std::move(factory), host, peer);
    made->whenEnded([this](const Failure& reason) {
      connection = nullptr;
      lost = reason;
    });
    connection = made.get();
    loop.connections().own(std::move(made));
    return *connection;
  }
};

}  // namespace

struct Pump::Ends {
  End server;
  End client;
};

Pump::Pump(std::unique_ptr<Protocol> server, std::unique_ptr<Protocol> client,
           MemoryReactorOptions options)
    : Pump(factoryOf(std::move(server)), factoryOf(std::move(client)), options) {}

Pump::Pump(std::shared_ptr<Factory> server, std::unique_ptr<Protocol> client,
           MemoryReactorOptions options)
    : Pump(std::move(server), factoryOf(std::move(client)), options) {}

Pump::Pump(std::shared_ptr<Factory> server, std::shared_ptr<Factory> client,
           MemoryReactorOptions options)
    : ends_(std::make_unique<Ends>()), reactor_(std::make_unique<MemoryReactor>(options)) {
  MemoryLoop& loop = reactor_->loop();
  MemoryConnection& near =
      ends_->server.make(loop, std::move(server), kServerAddress, kClientAddress);
  MemoryConnection& far =
      ends_->client.make(loop, std::move(client), kClientAddress, kServerAddress);
  MemoryConnection::join(near, far);
  near.begin();
  far.begin();
}

Pump::~Pump() = default;

void Pump::pump() { reactor_->turn(); }

void Pump::flush() { reactor_->flush(); }

void Pump::advance(Duration by) { reactor_->advance(by); }

void Pump::close() {
  if (ends_->server.connection) ends_->server.connection->endInput();
  if (ends_->client.connection) ends_->client.connection->endInput();
}

void Pump::reset() {
  if (ends_->server.connection) ends_->server.connection->reset();
  if (ends_->client.connection) ends_->client.connection->reset();
}

void Pump::hold() { reactor_->hold(); }

void Pump::release() { reactor_->release(); }

const std::optional<Failure>& Pump::serverLost() const noexcept { return ends_->server.lost; }

const std::optional<Failure>& Pump::clientLost() const noexcept { return ends_->client.lost; }

MemoryReactor& Pump::reactor() noexcept { return *reactor_; }

}  // namespace couplet::testing
