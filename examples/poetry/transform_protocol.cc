// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "transform_protocol.h"

#include <utility>

#include <glog/logging.h>

namespace poetry {

TransformProtocol::TransformProtocol(std::shared_ptr<const TransformService> service)
    : service_(std::move(service)) {}

void TransformProtocol::stringReceived(std::string_view request) {
  transport().pauseProducing();
  whileConnected(answer(std::string(request)));
}

couplet::Deferred<void> TransformProtocol::answer(std::string request) {
  try {
    const auto dot = request.find('.');
    if (dot == request.npos) throw UnknownTransformError();
    sendString(co_await service_->transform(request.substr(0, dot), request.substr(dot + 1)));
  } catch (const std::exception& error) {
    LOG(WARNING) << "Nothing transformed for " << transport().getPeer() << ": " << error.what();
  }
  transport().loseConnection();
}

}  // namespace poetry
