// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/circuit/iopin.h"

#include <utility>

namespace circuit {

using couplet::Deferred;

namespace {

constexpr std::size_t kLongestTick = 20;  // that is shown on the page

/// [0, 1, 0]
std::string textOf(const std::vector<int>& bits) {
  std::string text;
  for (const int bit : bits) text += (text.empty() ? "" : ", ") + std::to_string(bit);
  return "[" + text + "]";
}

}  // namespace

IOPin::IOPin(const Board& board, const IOPinOptions& options)
    : Node(board, "iopin", "IOPin"), options_(options), random_(options.seed) {}

Deferred<std::string> IOPin::loop(std::string channel, std::string data) {
  say("new tick triggered on " + channel + ": " + data);
  std::vector<int> bits = toggle();
  say("toggling pin state: " + textOf(bits));
  ++state_.ticks;
  state_.tick = data.size() <= kLongestTick ? std::move(data) : "...";
  state_.bits = bits;
  show(state_);
  co_await sendToBuzzer(std::move(bits), std::move(channel));
  co_return "acknowledged";
}

std::vector<int> IOPin::toggle() {
  std::bernoulli_distribution isZero(options_.chance);
  std::vector<int> bits;
  for (int i = 0; i < options_.sequence; ++i) bits.push_back(isZero(random_) ? 0 : 1);
  return bits;
}

Deferred<void> IOPin::sendToBuzzer(std::vector<int> bits, std::string channel) {
  std::vector<std::string> payloads;
  for (const int bit : bits) payloads.push_back(std::to_string(bit));
  state_.trouble.clear();
  try {
    co_await stream("buzzer", std::move(payloads), std::move(channel));
    for (const int bit : bits) state_.addSignal(bit);
  } catch (const std::exception& error) {
    state_.trouble = error.what();
    say("the buzzer did not get it: " + state_.trouble);
  }
  show(state_);
}

}  // namespace circuit
