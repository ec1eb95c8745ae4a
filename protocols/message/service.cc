// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/service.h>

#include <chrono>
#include <utility>

#include <couplet/protocols/message/faults.h>

namespace couplet {

namespace {

/// "12:30", or with its day where that is another one than `now`.
std::string clockFace(std::time_t time, std::time_t now) {
  std::tm at{};
  std::tm today{};
  gmtime_r(&time, &at);
  gmtime_r(&now, &today);
  const bool isToday = at.tm_yday == today.tm_yday && at.tm_year == today.tm_year;
  char text[32];
  const std::size_t size = std::strftime(text, sizeof text, isToday ? "%H:%M" : "%F %H:%M", &at);
  return std::string(text, size);
}

}  // namespace

Service::Service(std::string name, Clock& clock, Duration responsiveness, std::time_t (*wallTime)())
    : name_(std::move(name)), clock_(clock), meter_(responsiveness), wallTime_(wallTime) {}

void Service::disable(std::string reason, std::optional<Duration> standDown) {
  out_ = Out{std::move(reason), std::nullopt};
  if (standDown) out_->until = clock_.now() + *standDown;
}

const Service::Out* Service::out() const noexcept {
  if (!out_ || (out_->until && clock_.now() >= *out_->until)) return nullptr;
  return &*out_;
}

std::string_view Service::reason() const noexcept {
  const Out* const now = out();
  return now ? now->reason : std::string_view();
}

std::optional<Duration> Service::standDown() const noexcept {
  const Out* const now = out();
  if (!now || !now->until) return std::nullopt;
  return *now->until - clock_.now();
}

OutOfService Service::refusal(const Out& out) {
  ++refused_;
  if (!out.until) return OutOfService::api('/' + name_, "", out.reason);
  const std::time_t now = wallTime_();
  const auto left = std::chrono::ceil<std::chrono::seconds>(*out.until - clock_.now());
  auto fault = OutOfService::api('/' + name_, clockFace(now + left.count(), now), out.reason);
  fault.resumesIn = left;
  return fault;
}

Service::Transaction Service::begin() {
  if (const Out* const now = out()) throw refusal(*now);
  if (!meter_.admit()) throw Overloaded::api('/' + name_, meter_.shedding());
  return {shared_from_this(), clock_.now()};
}

Service::Transaction& Service::Transaction::operator=(Transaction&& other) noexcept {
  if (this == &other) return *this;
  ended(true);
  service_ = std::move(other.service_);
  since_ = other.since_;
  return *this;
}

void Service::Transaction::tell(bool failed) noexcept {
  const auto service = std::move(service_);
  service->meter_.finished(service->clock_.now() - since_, failed);
}

}  // namespace couplet
