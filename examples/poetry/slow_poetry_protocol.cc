// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "slow_poetry_protocol.h"

#include <utility>

#include <glog/logging.h>

namespace poetry {

SlowPoetryProtocol::SlowPoetryProtocol(WirePoem poem, Pace pace)
    : poem_(std::move(poem)), unsent_(*poem_), pace_(pace) {}

void SlowPoetryProtocol::connectionMade() {
  VLOG(1) << "Somebody at " << transport().getPeer() << " wants poetry!";
  sendSome();
}

// [send_some]
void SlowPoetryProtocol::sendSome() {
  const std::string_view bytes = unsent_.substr(0, pace_.bytes);
  VLOG(1) << "Sending " << bytes.size() << " bytes";
  transport().write(bytes);
  unsent_.remove_prefix(bytes.size());
  if (unsent_.empty()) return transport().loseConnection();
  callLater(pace_.delay, [this] { sendSome(); });
}

// [end]
}  // namespace poetry
