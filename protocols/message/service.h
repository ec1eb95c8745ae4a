// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// One request of an Api as a service that is expected to answer in time, and that an operator can
// take away.
#pragma once

#include <cstdint>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <couplet/deferred/clock.h>
#include <couplet/protocols/message/service_meter.h>

#pragma GCC visibility push(default)
namespace couplet {

struct OutOfService;

/// What becomes of the requests of one kind. Made by Api::expect, which tells it of each request,
/// whatever protocol that comes by. Belongs to the reactor's thread.
class Service : public std::enable_shared_from_this<Service> {
 public:
  class Transaction;

  /// For requests of this name: "Multiply". `clock` must outlive it; `wallTime` says at what time
  /// of day it resumes, in seconds since 1970.
  Service(std::string name, Clock& clock, Duration responsiveness, std::time_t (*wallTime)());

  const std::string& name() const noexcept { return name_; }
  /// What has become of the requests so far. Those that were refused since the service was out are
  /// not in it.
  const ServiceMeter& meter() const noexcept { return meter_; }
  void expect(Duration responsiveness) noexcept { meter_.expect(responsiveness); }

  /// Requests fail with OutOfService: for so long, or, without a time, until `enable` is called.
  void disable(std::string reason, std::optional<Duration> standDown = std::nullopt);
  void enable() noexcept { out_.reset(); }
  bool enabled() const noexcept { return !out(); }
  /// Why it is out of service; empty where it is not.
  std::string_view reason() const noexcept;
  /// How long it still is; nothing where that is not known, or it is not.
  std::optional<Duration> standDown() const noexcept;
  /// How many requests have been refused since it was out of service.
  std::uint64_t refused() const noexcept { return refused_; }

  /// A request has come, and is to be handled. Throws OutOfService or Overloaded where it is not.
  Transaction begin();

 private:
  struct Out {
    std::string reason;
    std::optional<Clock::TimePoint> until;
  };

  /// Null where it is in service.
  const Out* out() const noexcept;
  OutOfService refusal(const Out& out);

  const std::string name_;
  Clock& clock_;
  ServiceMeter meter_;
  std::time_t (*const wallTime_)();
  std::optional<Out> out_;
  std::uint64_t refused_ = 0;
};

/// From when a request is taken until it is answered. Where that never comes, since nobody waits
/// for it any more, it counts as one that failed when this goes.
class Service::Transaction {
 public:
  /// Of no service.
  Transaction() noexcept = default;
  Transaction(std::shared_ptr<Service> service, Clock::TimePoint since) noexcept
      : service_(std::move(service)), since_(since) {}
  Transaction(Transaction&&) noexcept = default;
  Transaction& operator=(Transaction&& other) noexcept;
  ~Transaction() { ended(true); }

  /// Tells the meter, once.
  void ended(bool failed) noexcept {
    if (service_) tell(failed);
  }

 private:
  void tell(bool failed) noexcept;

  std::shared_ptr<Service> service_;
  Clock::TimePoint since_{};
};

}  // namespace couplet
#pragma GCC visibility pop
