// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/http/body_in_turn.h"

#include <couplet/deferred/defer_later.h>

namespace fetching {

using couplet::Deferred;
using couplet::Duration;

Deferred<void> BodyInTurn::write(std::string_view bytes) {
  if (output_ != nullptr) {
    output_->write(bytes);
    co_return;
  }
  early_.append(bytes);
  if (begun_) co_await live_.deferred();
}

void BodyInTurn::end() { ended_.callback(); }

Deferred<void> BodyInTurn::print(Output& output, couplet::Clock& clock) {
  begun_ = true;
  while (!early_.empty()) {
    output.write(early_.take());
    co_await couplet::deferLater(clock, Duration::zero());
  }
  output_ = &output;
  live_.callback();
  co_await ended_.deferred();
}

}  // namespace fetching
