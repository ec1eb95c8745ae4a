// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "answer_factory.h"

#include <utility>

#include <couplet/reactor/errors.h>

namespace poetry {

using couplet::Failure;

NoAnswerError::NoAnswerError() : std::runtime_error("The server closed without an answer") {}

AnswerFactory::AnswerFactory()
    : answer_([this] {
        if (connector_) connector_->disconnect();
      }) {}

void AnswerFactory::clientConnectionFailed(const Failure& reason) {
  if (answer_.pending()) answer_.errback(reason);
}

NetstringAnswerProtocol::NetstringAnswerProtocol(couplet::Promise<std::string> answer)
    : answer_(std::move(answer)) {}

void NetstringAnswerProtocol::stringReceived(std::string_view answer) {
  transport().loseConnection();
  if (answer_.pending()) answer_.callback(std::string(answer));
}

void NetstringAnswerProtocol::connectionLost(const Failure& reason) {
  if (!answer_.pending()) return;
  answer_.errback(reason.check<couplet::ConnectionDone>() ? Failure(NoAnswerError()) : reason);
}

couplet::ConnectOptions withoutTimeout() { return {.timeout = std::chrono::hours(24 * 365)}; }

}  // namespace poetry
