// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <chrono>
#include <iostream>
#include <string>

#include <couplet/reactor/reactor.h>

using namespace couplet;
using namespace std::chrono_literals;

// [ticker]
/// Says its word every 50 ms, and how late it was, until it has done so often enough.
class Ticker {
 public:
  Ticker(Reactor& reactor, std::string word, int times, Callable<void()> atEnd)
      : reactor_(reactor), word_(std::move(word)), left_(times), atEnd_(std::move(atEnd)) {}

  void start() {
    due_ = reactor_.callLater(kBeat, [this] { tick(); }).getTime();
  }

  // [tick]
 private:
  void tick() {
    const Duration late = std::chrono::steady_clock::now() - due_;
    std::cout << word_ << ", " << late / 1ms << " ms late\n";
    if (--left_ == 0) return atEnd_();
    start();
  }

  // [members]
  static constexpr Duration kBeat = 50ms;

  Reactor& reactor_;
  std::string word_;
  int left_;
  Callable<void()> atEnd_;
  Clock::TimePoint due_;
};

// [main]
int main() {
  auto reactor = newReactor();
  Ticker tick(*reactor, "tick", 3, [] { std::cout << "tick is done\n"; });
  Ticker tock(*reactor, "tock", 4, [&reactor] { reactor->stop(); });
  tick.start();
  tock.start();
  std::cout << "nothing has happened yet\n";
  reactor->run();
  std::cout << "the reactor has stopped\n";
}
