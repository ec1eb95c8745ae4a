// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a transform server does, apart from how it is asked: knows no protocol, so that several may
// serve it.
#pragma once

#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/deferred/clock.h>
#include <couplet/deferred/deferred.h>

namespace poetry {

/// A transform was asked for that nobody registered.
class UnknownTransformError : public std::runtime_error {
 public:
  UnknownTransformError();
};

/// Transforms by their names. What is not registered cannot be called.
class TransformService {
 public:
  /// Takes a poem, and gives it transformed, at once or later; or fails.
  using Transform = std::function<couplet::Deferred<std::string>(std::string poem)>;

  /// With `cummingsify`, `scream`, `reverse_lines`, and `slow_cummingsify`, which takes its time:
  /// `slowness`. Does not own the clock, which must outlive it.
  TransformService(couplet::Clock& clock, couplet::Duration slowness);

  /// Registers `transform`, in the place of one of the same name. It may throw.
  void add(const std::string& name, Transform transform);

  /// Of all transforms, in alphabetical order.
  std::vector<std::string> names() const;

  /// The poem transformed. Fails with UnknownTransformError, or as the transform does. Cancelling
  /// it cancels the transform.
  couplet::Deferred<std::string> transform(std::string_view name, std::string poem) const;

 private:
  std::map<std::string, Transform, std::less<>> transforms_;
};

}  // namespace poetry
