// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What becomes of the requests of one kind, and when there are too many of them.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include <couplet/deferred/clock.h>

#pragma GCC visibility push(default)
namespace couplet {

/// Sheds requests while the last ones took too long, as the mean of 16 says: at 3/4 of what is
/// expected a tenth of them, at 9/10 a quarter, from there on a half. They are shed evenly: of ten
/// the tenth, and not one of a hundred ten in a row.
///
///     if (meter.admit()) { ...; meter.finished(took, failed); }
class ServiceMeter {
 public:
  /// How many transactions the mean is of; as long as there are fewer, nothing is shed.
  static constexpr std::size_t kWindow = 16;

  explicit ServiceMeter(Duration responsiveness = std::chrono::seconds(3))
      : responsiveness_(responsiveness) {}

  /// How long an answer is expected to take. May be changed at any time.
  Duration responsiveness() const noexcept { return responsiveness_; }
  void expect(Duration responsiveness) noexcept { responsiveness_ = responsiveness; }

  /// A request has come: whether it is to be handled. If not, that is counted.
  bool admit() noexcept;
  /// One that was admitted is answered.
  void finished(Duration took, bool failed) noexcept;

  /// How many of a hundred are shed now: 0, 10, 25 or 50.
  int shedding() const noexcept;

  // Since the beginning.

  std::uint64_t admitted() const noexcept { return admitted_; }
  std::uint64_t shed() const noexcept { return shed_; }
  std::uint64_t answered() const noexcept { return answered_; }
  std::uint64_t failed() const noexcept { return failed_; }
  /// Of those that were admitted, how many are not answered yet.
  std::uint64_t atWork() const noexcept { return admitted_ - answered_; }

  /// Of the last 16; zero where there was none.
  Duration mean() const noexcept;
  /// So much of all answers (0 to 1) took no longer than this, which is up to a tenth more than the
  /// longest of them; zero where there was none.
  Duration percentile(double share) const noexcept;

 private:
  static constexpr std::size_t kBuckets = 256;
  static std::size_t bucketOf(Duration took) noexcept;
  static Duration endOf(std::size_t bucket) noexcept;

  Duration responsiveness_;
  std::array<Duration, kWindow> last_{};  // a ring
  Duration sum_{};                        // of it
  std::uint64_t admitted_ = 0;
  std::uint64_t shed_ = 0;
  std::uint64_t answered_ = 0;
  std::uint64_t failed_ = 0;
  int owed_ = 0;  // hundredths of a request that are to be shed
  std::array<std::uint32_t, kBuckets> counts_{};
};

}  // namespace couplet
#pragma GCC visibility pop
