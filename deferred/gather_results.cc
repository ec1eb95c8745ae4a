// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/gather_results.h>

namespace couplet {

namespace detail {

void Gathering::cancel(SourceLocation where) {
  for (Deferred<void>& input : inputs_) input.cancel(where);
}

void Gathering::discard() {
  std::vector<Deferred<void>> inputs = std::move(inputs_);
  for (Deferred<void>& input : inputs) std::move(input).discard();
}

}  // namespace detail

Deferred<void> gatherResults(std::vector<Deferred<void>> inputs, SourceLocation here) {
  std::vector<Deferred<bool>> arrivals;
  arrivals.reserve(inputs.size());
  for (auto& input : inputs) {
    arrivals.push_back(std::move(input).addCallback([] { return true; }, here));
  }
  return gatherResults(std::move(arrivals), here)
      .addCallback([](const std::vector<bool>&) {}, here);
}

}  // namespace couplet
