// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "transform_proxy.h"

#include <memory>
#include <utility>

#include "answer_factory.h"

namespace poetry {

namespace {

using couplet::Deferred;
using couplet::Promise;

class TransformClientProtocol : public NetstringAnswerProtocol {
 public:
  TransformClientProtocol(std::string request, Promise<std::string> answer)
      : NetstringAnswerProtocol(std::move(answer)), request_(std::move(request)) {}

  void connectionMade() override { sendString(request_); }

 private:
  std::string request_;
};

class TransformClientFactory : public AnswerFactory {
 public:
  explicit TransformClientFactory(std::string request) : request_(std::move(request)) {}

  std::unique_ptr<couplet::Protocol> buildProtocol(const couplet::Address&) override {
    return std::make_unique<TransformClientProtocol>(std::move(request_), takePromise());
  }

 private:
  std::string request_;
};

}  // namespace

TransformProxy::TransformProxy(couplet::Reactor& reactor, couplet::Address server)
    : reactor_(reactor), server_(std::move(server)) {}

Deferred<std::string> TransformProxy::transform(const std::string& name, const std::string& poem) {
  std::string request = name + "." + poem;
  if (request.size() > couplet::NetstringReceiver::kMaxLength)
    return couplet::fail<std::string>(
        couplet::StringTooLongError("The poem is too long for a netstring"));
  auto factory = std::make_shared<TransformClientFactory>(std::move(request));
  Deferred<std::string> answer = factory->deferred();
  reactor_.connectTCP(server_.host, server_.port, std::move(factory), withoutTimeout());
  return answer;
}

}  // namespace poetry
