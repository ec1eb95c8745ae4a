// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/deferred.h>

namespace couplet::detail {

Timeout::Timeout(Duration timeout, Clock& clock, CancelHandle chain, SourceLocation here)
    : duration_(timeout), ranOut_(std::make_shared<bool>(false)) {
  auto runOut = [ranOut = ranOut_, chain = std::move(chain), here] {
    *ranOut = true;
    chain.cancel(here);
  };
  timer_ = clock.callLater(timeout, std::move(runOut), here);
}

bool Timeout::end() noexcept {
  if (timer_.active()) timer_.cancel();
  return ranOut_ && *ranOut_;
}

}  // namespace couplet::detail
