// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The factories behind listenStream and connectStream.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string>

#include <couplet/protocols/stream.h>
#include <couplet/reactor/factory.h>

namespace couplet::detail {

/// Makes streams, and keeps those that nobody has accepted. Outlives its StreamListener where
/// connections of it live on.
class StreamFactory final : public Factory {
 public:
  explicit StreamFactory(std::size_t mostWaiting) : mostWaiting_(mostWaiting) {}

  Deferred<Stream> accept(SourceLocation here);
  void close();

  std::unique_ptr<Protocol> buildProtocol(const Address& peer) override;
  /// The port is closed.
  void stopFactory() override { close(); }

 private:
  void arrived(Stream stream);

  std::size_t mostWaiting_;
  std::deque<Stream> waiting_;                // empty while accepting_ is pending
  std::optional<Promise<Stream>> accepting_;  // what waits; cancelled if it is not pending
  bool closed_ = false;
  bool full_ = false;  // since none waited, and that is logged
};

/// Makes one stream.
class StreamClientFactory final : public ClientFactory {
 public:
  explicit StreamClientFactory(SourceLocation here);
  Deferred<Stream> deferred() { return promise_.deferred(); }

  void startedConnecting(Connector& connector) override { connector_ = &connector; }
  std::unique_ptr<Protocol> buildProtocol(const Address& peer) override;
  void clientConnectionFailed(const Failure& reason) override;

 private:
  /// What cancels it.
  struct Attempt {
    StreamClientFactory& factory;

    void operator()() const { factory.giveUp(); }
    std::string waitsFor() const { return factory.waitsFor(); }
  };

  void giveUp();
  std::string waitsFor() const;

  Connector* connector_ = nullptr;  // valid while promise_ is pending and this is connecting
  Promise<Stream> promise_;
};

}  // namespace couplet::detail
