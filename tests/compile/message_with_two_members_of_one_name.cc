// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// Two members of one name.
#include <string>

#include <couplet/protocols/message/json.h>

struct Point {
  double x = 0;
  double y = 0;

#ifdef COUPLET_WRITE_IT_RIGHT
  static constexpr auto kMessage = couplet::message("plane.Point", couplet::member("x", &Point::x),
                                                    couplet::member("y", &Point::y));
#else
  static constexpr auto kMessage = couplet::message("plane.Point", couplet::member("x", &Point::x),
                                                    couplet::member("x", &Point::y));
#endif
};

std::string use(const Point& point) { return couplet::toJSON(point); }
