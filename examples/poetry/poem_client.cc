// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "poem_client.h"

#include <memory>
#include <utility>

#include <couplet/reactor/errors.h>

#include "answer_factory.h"

namespace poetry {

namespace {

using couplet::Deferred;
using couplet::Failure;
using couplet::Promise;

/// Receives a poem that ends with the connection.
class PoetryProtocol : public couplet::Protocol {
 public:
  PoetryProtocol(Promise<std::string> answer, Progress progress)
      : answer_(std::move(answer)), progress_(std::move(progress)) {}

  void dataReceived(std::string_view bytes) override {
    progress_(bytes.size());
    if (poem_.size() + bytes.size() > kLongestPoem)
      return transport().failConnection(Failure(PoemTooLongError()));
    poem_ += bytes;
  }

  void connectionLost(const Failure& reason) override {
    if (!answer_.pending()) return;
    if (!reason.check<couplet::ConnectionDone>()) return answer_.errback(reason);
    answer_.callback(std::move(poem_));
  }

 private:
  Promise<std::string> answer_;
  Progress progress_;
  std::string poem_;  // as far as it came
};

/// Receives a poem that is a netstring.
class NetstringPoetryProtocol : public NetstringAnswerProtocol {
 public:
  NetstringPoetryProtocol(Promise<std::string> answer, Progress progress)
      : NetstringAnswerProtocol(std::move(answer)), progress_(std::move(progress)) {}

  void dataReceived(std::string_view bytes) override {
    progress_(bytes.size());
    NetstringAnswerProtocol::dataReceived(bytes);
  }

 private:
  Progress progress_;
};

class PoetryClientFactory : public AnswerFactory {
 public:
  PoetryClientFactory(Framing framing, Progress progress)
      : framing_(framing), progress_(std::move(progress)) {}

  std::unique_ptr<couplet::Protocol> buildProtocol(const couplet::Address&) override {
    if (framing_ == Framing::kNetstring)
      return std::make_unique<NetstringPoetryProtocol>(takePromise(), progress_);
    return std::make_unique<PoetryProtocol>(takePromise(), progress_);
  }

 private:
  Framing framing_;
  Progress progress_;
};

}  // namespace

PoemTooLongError::PoemTooLongError()
    : std::runtime_error("The poem is longer than " + std::to_string(kLongestPoem) + " bytes") {}

Deferred<std::string> getPoem(couplet::Reactor& reactor, const couplet::Address& server,
                              Framing framing, Progress progress) {
  const auto factory = std::make_shared<PoetryClientFactory>(framing, std::move(progress));
  reactor.connectTCP(server.host, server.port, factory, withoutTimeout());
  return factory->deferred();
}

Deferred<std::string> getPoem(couplet::Reactor& reactor, const couplet::Address& server) {
  return getPoem(reactor, server, Framing::kNone, [](std::size_t) {});
}

}  // namespace poetry
