// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/reconnect_delays.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>

#include <couplet/protocols/http/detail/host.h>

namespace couplet {

namespace {

using Groups = std::array<std::uint16_t, 8>;

/// By the first half of its 32 bits.
AddressScope scopeOfIPv4(unsigned high) noexcept {
  if (high >> 8 == 127) return AddressScope::kLocal;
  const bool isPrivate = high >> 8 == 10 || high >> 4 == 0xac1 || high == 0xc0a8;
  const bool isLinkLocal = high == 0xa9fe;
  return isPrivate || isLinkLocal ? AddressScope::kLAN : AddressScope::kInternet;
}

AddressScope scopeOfIPv6(const Groups& groups) noexcept {
  constexpr Groups kLoopback = {0, 0, 0, 0, 0, 0, 0, 1};
  constexpr Groups kMapped = {0, 0, 0, 0, 0, 0xffff};
  if (groups == kLoopback) return AddressScope::kLocal;
  if (std::equal(groups.begin(), groups.begin() + 6, kMapped.begin())) {
    return scopeOfIPv4(groups[6]);
  }
  const bool isPrivate = groups[0] >> 9 == 0x7e;
  const bool isLinkLocal = groups[0] >> 6 == 0x3fa;
  return isPrivate || isLinkLocal ? AddressScope::kLAN : AddressScope::kInternet;
}

double randomShare() {
  static thread_local std::minstd_rand generator(std::random_device{}());
  return std::uniform_real_distribution<double>()(generator);
}

}  // namespace

AddressScope scopeOf(std::string_view host) {
  if (host == "localhost") return AddressScope::kLocal;
  const auto groups = detail::parseIPAddress(host.substr(0, host.find('%')));
  return groups ? scopeOfIPv6(*groups) : AddressScope::kInternet;
}

Duration ReconnectDelays::after(std::size_t failures, AddressScope scope) const {
  if (failures == 0) return Duration::zero();
  const auto& waits = scope == AddressScope::kLocal ? local
                      : scope == AddressScope::kLAN ? lan
                                                    : internet;
  const Duration wait = waits.at(std::min(failures, waits.size()) - 1);
  const double share = jitter * (random ? random() : randomShare());
  return wait + std::chrono::duration_cast<Duration>(wait * share);
}

}  // namespace couplet
