// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Universally unique identifiers: RFC 9562.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#pragma GCC visibility push(default)
namespace couplet {

/// 16 bytes, written `f81d4fae-7dec-11d0-a765-00a0c91e6bf6`. A value; one that is made by default
/// is all zeros.
class UUID {
 public:
  constexpr UUID() noexcept = default;
  constexpr explicit UUID(const std::array<std::uint8_t, 16>& bytes) noexcept : bytes_(bytes) {}

  /// A random one, of version 4, from the system's source of randomness. Throws std::system_error
  /// where that fails.
  static UUID random();

  /// Reads the form of 36 characters, whatever the case of its letters; nothing for another text.
  static std::optional<UUID> parse(std::string_view text) noexcept;

  std::string toString() const;
  const std::array<std::uint8_t, 16>& bytes() const noexcept { return bytes_; }

  constexpr bool operator==(const UUID&) const noexcept = default;
  constexpr auto operator<=>(const UUID&) const noexcept = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

std::ostream& operator<<(std::ostream& out, const UUID& uuid);

}  // namespace couplet
#pragma GCC visibility pop
