// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// An Api for the operators of another one: how it fares, and what of it is in service. For a port
// of its own, which the public does not reach.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <couplet/protocols/message/api.h>
#include <couplet/protocols/message/message.h>

#pragma GCC visibility push(default)
namespace couplet {

/// Changes what is expected of a request, or of all where it names none. What is left out stays as
/// it is. Answered by ApiStatuses of those that it changed.
struct ApiUpdate {
  std::string request_type;              ///< "Multiply" or "crunch_api.Multiply"
  std::optional<bool> enabled;           ///< false: out of service
  std::optional<double> stand_down;      ///< for so many seconds; else until it is enabled again
  std::optional<std::string> reason;     ///< why it is out of service
  std::optional<double> responsiveness;  ///< seconds in which an answer is expected

  static constexpr auto kMessage = message(
      "couplet.ApiUpdate", member("request_type", &ApiUpdate::request_type),
      member("enabled", &ApiUpdate::enabled), member("stand_down", &ApiUpdate::stand_down),
      member("reason", &ApiUpdate::reason), member("responsiveness", &ApiUpdate::responsiveness));
};

/// Asks how a request fares, or all where it names none. Answered by ApiStatuses.
struct ApiShow {
  std::string request_type;  ///< as ApiUpdate has it

  static constexpr auto kMessage =
      message("couplet.ApiShow", member("request_type", &ApiShow::request_type));
};

/// How a request fares; see Service and ServiceMeter. All times are seconds.
struct ApiStatus {
  std::string request_type;  ///< "crunch_api.Multiply"
  bool enabled = true;
  std::optional<double> stand_down;  ///< how long it still is out of service
  std::string reason;
  double responsiveness = 0.0;
  double mean = 0.0;  ///< of the last 16 answers
  double p50 = 0.0;   ///< half of all answers took no longer
  double p90 = 0.0;
  double p99 = 0.0;
  int shedding = 0;  ///< of a hundred requests, now
  std::uint64_t admitted = 0;
  std::uint64_t at_work = 0;
  std::uint64_t answered = 0;
  std::uint64_t failed = 0;   ///< of those answered
  std::uint64_t shed = 0;     ///< since it was overloaded
  std::uint64_t refused = 0;  ///< since it was out of service

  static constexpr auto kMessage = message(
      "couplet.ApiStatus", member("request_type", &ApiStatus::request_type),
      member("enabled", &ApiStatus::enabled), member("stand_down", &ApiStatus::stand_down),
      member("reason", &ApiStatus::reason), member("responsiveness", &ApiStatus::responsiveness),
      member("mean", &ApiStatus::mean), member("p50", &ApiStatus::p50),
      member("p90", &ApiStatus::p90), member("p99", &ApiStatus::p99),
      member("shedding", &ApiStatus::shedding), member("admitted", &ApiStatus::admitted),
      member("at_work", &ApiStatus::at_work), member("answered", &ApiStatus::answered),
      member("failed", &ApiStatus::failed), member("shed", &ApiStatus::shed),
      member("refused", &ApiStatus::refused));
};

struct ApiStatuses {
  std::vector<ApiStatus> statuses;

  static constexpr auto kMessage =
      message("couplet.ApiStatuses", member("statuses", &ApiStatuses::statuses));
};

using ControlRequests = Requests<ApiUpdate, ApiShow>;

/// Answers for `controlled`, of which something must be expected. Whoever reaches its port may use
/// it, and so may any page in a browser that does, since it answers to GET: keep both away from it.
///
///     api->expect(reactor);
///     reactor.listenTCP(5053, newApiSite(newApiControl(api)), {.interface = "127.0.0.1"});
///     // curl 'http://127.0.0.1:5053/ApiUpdate?request_type=MulDiv&enabled=false&reason=repair'
///
/// Throws std::logic_error where nothing is expected of it.
std::shared_ptr<const Api> newApiControl(std::shared_ptr<const Api> controlled);

}  // namespace couplet
#pragma GCC visibility pop
