// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// How long to wait before connecting again.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include <couplet/deferred/clock.h>

#pragma GCC visibility push(default)
namespace couplet {

/// How far away an address is.
enum class AddressScope : std::uint8_t {
  kLocal,    ///< this machine
  kLAN,      ///< private (RFC 1918, RFC 4193) or link-local
  kInternet  ///< any other
};

/// That of a numeric address, be it IPv4 or IPv6. Of names only `localhost` is known to be local:
/// ask with what a name was resolved to.
AddressScope scopeOf(std::string_view host);

/// The waits behind the first, second... attempt that failed; the last one of a list stands for all
/// that follow. The first attempt, also the first after a loss, waits for nothing.
struct ReconnectDelays {
  std::vector<Duration> local = {std::chrono::seconds(2), std::chrono::seconds(4),
                                 std::chrono::seconds(8)};
  std::vector<Duration> lan = {std::chrono::seconds(4), std::chrono::seconds(8),
                               std::chrono::seconds(16)};
  std::vector<Duration> internet = {std::chrono::seconds(8), std::chrono::seconds(16),
                                    std::chrono::seconds(32), std::chrono::seconds(64)};
  double jitter = 0.5;  ///< 0 to this share of the wait is added, at random
  /// Gives a number from 0 up to, not including, 1; replaceable for tests.
  std::function<double()> random = {};

  /// The wait after so many attempts that failed since the last connection; 0 for none. REQUIRES:
  /// the scope's list has an element
  Duration after(std::size_t failures, AddressScope scope) const;
};

}  // namespace couplet
#pragma GCC visibility pop
