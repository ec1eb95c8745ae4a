// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/api_control.h>

#include <chrono>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <couplet/protocols/message/faults.h>

namespace couplet {

namespace {

using detail::ApiRequest;

constexpr double kLeastSeconds = 0.001;
constexpr double kMostSeconds = 365.0 * 24 * 3600;

double secondsOf(Duration time) noexcept { return std::chrono::duration<double>(time).count(); }

/// Of a member of ApiUpdate. Throws BadRequest.
std::optional<Duration> durationOf(std::optional<double> seconds, std::string_view member) {
  if (!seconds) return std::nullopt;
  if (*seconds >= kLeastSeconds && *seconds <= kMostSeconds) {
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(*seconds));
  }
  throw BadRequest(
      "\"" + std::string(member) +
      "\" of \"ApiUpdate\" is to be a millisecond or more, and a year or less, in seconds");
}

ApiStatus statusOf(const ApiRequest& request) {
  const Service& service = *request.service;
  const ServiceMeter& meter = service.meter();
  ApiStatus status;
  status.request_type = request.type().name;
  status.enabled = service.enabled();
  if (const auto left = service.standDown()) status.stand_down = secondsOf(*left);
  status.reason = service.reason();
  status.responsiveness = secondsOf(meter.responsiveness());
  status.mean = secondsOf(meter.mean());
  status.p50 = secondsOf(meter.percentile(0.5));
  status.p90 = secondsOf(meter.percentile(0.9));
  status.p99 = secondsOf(meter.percentile(0.99));
  status.shedding = meter.shedding();
  status.admitted = meter.admitted();
  status.at_work = meter.atWork();
  status.answered = meter.answered();
  status.failed = meter.failed();
  status.shed = meter.shed();
  status.refused = service.refused();
  return status;
}

class Control {
 public:
  explicit Control(std::shared_ptr<const Api> api) : api_(std::move(api)) {}

  ApiStatuses operator()(const ApiShow& show) {
    ApiStatuses all;
    for (const ApiRequest* request : named(show.request_type)) {
      all.statuses.push_back(statusOf(*request));
    }
    return all;
  }

  ApiStatuses operator()(const ApiUpdate& update) {
    const auto standDown = durationOf(update.stand_down, "stand_down");
    const auto responsiveness = durationOf(update.responsiveness, "responsiveness");
    const bool disables = update.enabled && !*update.enabled;
    if (!disables && (update.stand_down || update.reason)) {
      throw BadRequest(R"("stand_down" and "reason" of "ApiUpdate" need "enabled": false)");
    }
    for (const ApiRequest* request : named(update.request_type)) {
      Service& service = *request->service;
      if (responsiveness) service.expect(*responsiveness);
      if (disables) service.disable(update.reason.value_or(""), standDown);
      if (update.enabled && !disables) service.enable();
    }
    return (*this)(ApiShow{update.request_type});
  }

 private:
  /// All where it is empty. Throws UnknownRequest.
  std::vector<const ApiRequest*> named(std::string_view name) const {
    if (!name.empty()) {
      const ApiRequest* const request = api_->find(name);
      if (!request) throw UnknownRequest(name);
      return {request};
    }
    std::vector<const ApiRequest*> all;
    for (const auto& request : api_->requests()) all.push_back(request.get());
    return all;
  }

  std::shared_ptr<const Api> api_;
};

}  // namespace

std::shared_ptr<const Api> newApiControl(std::shared_ptr<const Api> controlled) {
  if (!controlled->requests().front()->service) {
    throw std::logic_error("newApiControl: nothing is expected of the Api; see Api::expect");
  }
  return std::make_shared<const Api>(ControlRequests(), Control(std::move(controlled)));
}

}  // namespace couplet
