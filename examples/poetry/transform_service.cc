// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "transform_service.h"

#include <utility>

#include <couplet/deferred/defer_later.h>

#include "transforms.h"

namespace poetry {

using couplet::Deferred;

UnknownTransformError::UnknownTransformError() : std::runtime_error("no such transform") {}

TransformService::TransformService(couplet::Clock& clock, couplet::Duration slowness) {
  add("cummingsify", [](std::string poem) { return couplet::succeed(cummingsify(poem)); });
  add("scream", [](std::string poem) { return couplet::succeed(scream(poem)); });
  add("reverse_lines", [](std::string poem) { return couplet::succeed(reverseLines(poem)); });
  add("slow_cummingsify", [&clock, slowness](std::string poem) {
    return couplet::deferLater(clock, slowness,
                               [poem = std::move(poem)] { return cummingsify(poem); });
  });
}

void TransformService::add(const std::string& name, Transform transform) {
  transforms_.insert_or_assign(name, std::move(transform));
}

std::vector<std::string> TransformService::names() const {
  std::vector<std::string> names;
  for (const auto& [name, transform] : transforms_) names.push_back(name);
  return names;
}

Deferred<std::string> TransformService::transform(std::string_view name, std::string poem) const {
  const auto found = transforms_.find(name);
  if (found == transforms_.end()) return couplet::fail<std::string>(UnknownTransformError());
  return couplet::maybeDeferred([&] { return found->second(std::move(poem)); });
}

}  // namespace poetry
