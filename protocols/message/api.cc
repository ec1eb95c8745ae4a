// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/api.h>

#include <stdexcept>
#include <string>

namespace couplet {

detail::ApiRequest* Api::find(std::string_view name) const noexcept {
  for (const auto& request : requests_) {
    const detail::MessageType& type = request->type();
    if (name == type.shortName() || name == type.name) return request.get();
  }
  return nullptr;
}

Service* Api::service(std::string_view name) const noexcept {
  const detail::ApiRequest* const request = find(name);
  return request ? request->service.get() : nullptr;
}

void Api::expect(Clock& clock, Duration responsiveness, std::time_t (*wallTime)()) {
  for (const auto& request : requests_) {
    request->service = std::make_shared<Service>(std::string(request->type().shortName()), clock,
                                                 responsiveness, wallTime);
  }
}

void Api::add(std::unique_ptr<detail::ApiRequest> request) {
  const std::string_view name = request->type().shortName();
  if (find(name)) {
    throw std::invalid_argument("an Api has two requests of the name " + std::string(name));
  }
  requests_.push_back(std::move(request));
}

}  // namespace couplet
