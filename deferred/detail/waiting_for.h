// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. What a canceller tells of the work that it would stop, for the view of what is pending.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <couplet/deferred/clock.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

class Chain;

class WaitingFor {
 public:
  /// In words: `a timer that is due in 3 s`.
  void say(std::string what) { what_ = std::move(what); }

  /// The Deferred of that chain, which lives longer than this.
  void on(const Chain& chain) { chains_.push_back(&chain); }

  const std::string& what() const noexcept { return what_; }
  const std::vector<const Chain*>& chains() const noexcept { return chains_; }

 private:
  std::string what_;
  std::vector<const Chain*> chains_;
};

/// `1.5 s`: to a hundredth of a second.
std::string textOfTime(Duration time);

/// `a timer that is due in 1.5 s`, by the time of this thread.
std::string textOfTimer(const DelayedCall& timer);

}  // namespace couplet::detail
#pragma GCC visibility pop
