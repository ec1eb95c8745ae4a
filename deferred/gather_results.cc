// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/gather_results.h>

namespace couplet {

namespace detail {

void Gathering::cancel() {
  for (Deferred<void>& input : inputs_) input.cancel();
}

void Gathering::discard() {
  std::vector<Deferred<void>> inputs = std::move(inputs_);
  for (Deferred<void>& input : inputs) std::move(input).discard();
}

void GatheringCanceller::cancel(void* self, Chain&) {
  static_cast<GatheringCanceller*>(self)->gathering->cancel();
}

void GatheringCanceller::discard(void* self, Chain&) {
  static_cast<GatheringCanceller*>(self)->gathering->discard();
}

void GatheringCanceller::destroy(void* self) noexcept {
  static_cast<GatheringCanceller*>(self)->~GatheringCanceller();
}

constinit const CancellerOps GatheringCanceller::kOps = {&cancel, &discard, &destroy};

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
