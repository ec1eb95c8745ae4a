// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. What a Deferred holds: its chain, or, when that was moved on, the place where this was
// done. One word, so that a Deferred is one: Linux gives programs addresses below 2^48, which
// leaves 16 bits for a line.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include <couplet/deferred/source_location.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

class Chain;

class Hold {
 public:
  Hold() noexcept = default;
  explicit Hold(Chain* chain) noexcept : bits_(reinterpret_cast<std::uintptr_t>(chain)) {}

  /// The chain; null when there is none, or none any more.
  Chain* get() const noexcept {
    return bits_ >> kLineShift ? nullptr : reinterpret_cast<Chain*>(bits_);
  }

  /// The chain, which is given up.
  Chain* release(SourceLocation consumedAt) noexcept {
    Chain* chain = get();
    if (chain) remember(consumedAt);
    return chain;
  }

  /// As `consume`, for one that nobody will use again.
  Chain& take() {
    Chain& chain = use();
    bits_ = 0;
    return chain;
  }

  /// The chain; std::logic_error when there is none, saying where it went.
  Chain& use() const {
    Chain* chain = get();
    if (!chain) throwEmpty();
    return *chain;
  }

  void swap(Hold& other) noexcept { std::swap(bits_, other.bits_); }

  /// As `use`, and gives it up.
  Chain& consume(SourceLocation consumedAt) {
    Chain& chain = use();
    remember(consumedAt);
    return chain;
  }

 private:
  static_assert(sizeof(std::uintptr_t) == 8, "couplet: needs a 64-bit machine");
  static constexpr int kLineShift = 48;
  static constexpr std::uintptr_t kMaxLine = 0xffff;

  void remember(SourceLocation consumedAt) noexcept {
    std::uintptr_t line = std::clamp<std::uintptr_t>(consumedAt.line, 1, kMaxLine);
    bits_ = line << kLineShift | reinterpret_cast<std::uintptr_t>(consumedAt.file);
  }
  [[noreturn]] void throwEmpty() const;

  std::uintptr_t bits_ = 0;  // a chain; or a line from 1 on above a file's name; or 0
};

}  // namespace couplet::detail
#pragma GCC visibility pop
