// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// An enumeration whose values have no names.
#include <string>

#include <couplet/protocols/message/json.h>

enum class Colour { kRed, kGreen };

#ifdef COUPLET_WRITE_IT_RIGHT
constexpr auto enumerators(Colour) {
  return couplet::named<Colour>({{"red", Colour::kRed}, {"green", Colour::kGreen}});
}
#endif

struct Light {
  Colour colour = Colour::kRed;

  static constexpr auto kMessage =
      couplet::message("road.Light", couplet::member("colour", &Light::colour));
};

std::string use(const Light& light) { return couplet::toJSON(light); }
