// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/thread_stamp.h>

namespace couplet {

constinit thread_local PendingStamp ThreadStamp::stamp{};
constinit thread_local Clock::TimePoint ThreadStamp::time{};
constinit thread_local ThreadStamp::Look ThreadStamp::looking = nullptr;
constinit thread_local std::uint32_t ThreadStamp::connections = 0;
constinit thread_local ConnectionNames* ConnectionNames::innermost = nullptr;

std::optional<Duration> ThreadStamp::age(PendingStamp made) noexcept {
  if (made.madeAt == 0) return std::nullopt;
  const std::uint32_t then = ticks(now());
  return (then >= made.madeAt ? then - made.madeAt : kStale - 1 - made.madeAt + then) * kTick;
}

void ThreadStamp::lookAtTheClock() noexcept { tellTime(looking()); }

ConnectionNames::~ConnectionNames() {
  ConnectionNames** place = &innermost;
  while (*place != this) place = &(*place)->outer_;
  *place = outer_;
}

std::string ConnectionNames::nameOf(std::uint32_t connection) {
  for (const ConnectionNames* names = innermost; names; names = names->outer_) {
    std::string name = names->connectionName(connection);
    if (!name.empty()) return name;
  }
  return "connection " + std::to_string(connection) + ", lost";
}

}  // namespace couplet
