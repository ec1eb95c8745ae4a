// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/service_meter.h>

#include <algorithm>
#include <cmath>

namespace couplet {

namespace {

/// Each bucket of a histogram ends where its times are so many times those of the one before.
constexpr double kStep = 1.1;
/// The first one ends here.
constexpr double kFirst = 1e3;  // ns

}  // namespace

int ServiceMeter::shedding() const noexcept {
  if (answered_ < kWindow) return 0;
  const Duration taken = mean();
  if (taken >= responsiveness_) return 50;
  if (taken * 10 >= responsiveness_ * 9) return 25;
  return taken * 4 >= responsiveness_ * 3 ? 10 : 0;
}

bool ServiceMeter::admit() noexcept {
  const int share = shedding();
  owed_ = share == 0 ? 0 : owed_ + share;
  if (owed_ < 100) {
    ++admitted_;
    return true;
  }
  owed_ -= 100;
  ++shed_;
  return false;
}

void ServiceMeter::finished(Duration took, bool failed) noexcept {
  Duration& place = last_[answered_ % kWindow];
  sum_ += took - place;
  place = took;
  ++answered_;
  if (failed) ++failed_;
  ++counts_[bucketOf(took)];
}

Duration ServiceMeter::mean() const noexcept {
  const auto count = std::min<std::uint64_t>(answered_, kWindow);
  return count == 0 ? Duration::zero() : sum_ / static_cast<Duration::rep>(count);
}

std::size_t ServiceMeter::bucketOf(Duration took) noexcept {
  const double steps = std::ceil(std::log(std::max(took.count() / kFirst, 1.0)) / std::log(kStep));
  return std::min(static_cast<std::size_t>(steps), kBuckets - 1);
}

Duration ServiceMeter::endOf(std::size_t bucket) noexcept {
  const double nanoseconds = kFirst * std::pow(kStep, static_cast<double>(bucket));
  return Duration(static_cast<Duration::rep>(nanoseconds));
}

Duration ServiceMeter::percentile(double share) const noexcept {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(answered_)));
  std::uint64_t counted = 0;
  for (std::size_t bucket = 0; bucket < kBuckets && wanted > 0; ++bucket) {
    counted += counts_[bucket];
    if (counted >= wanted) return endOf(bucket);
  }
  return Duration::zero();
}

}  // namespace couplet
