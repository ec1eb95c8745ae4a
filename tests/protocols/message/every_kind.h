// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// An API with members of every kind.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <couplet/protocols/message/api.h>
#include <couplet/protocols/message/bytes.h>
#include <couplet/protocols/message/fault.h>
#include <couplet/protocols/message/uuid.h>

namespace couplet::kinds {

enum class Colour { kRed, kGreen };
constexpr auto enumerators(Colour) {
  return named<Colour>({{"red", Colour::kRed}, {"green", Colour::kGreen}});
}

struct Point {
  std::int32_t x = 1;
  std::int32_t y = -1;

  static constexpr auto kMessage =
      couplet::message("kinds.Point", member("x", &Point::x), member("y", &Point::y));
};

/// Is inside of itself, by every way that there is.
struct Tree {
  std::string name = "leaf";
  std::vector<Tree> children;
  std::map<std::string, Tree> named;

  static constexpr auto kMessage = couplet::message(
      "kinds.Tree", couplet::member("name", &Tree::name),
      couplet::member("children", &Tree::children), couplet::member("named", &Tree::named));
};

/// Everything, which it is answered with, too.
struct Everything {
  bool off = false;
  bool on = true;
  std::int8_t tiny = -128;
  std::uint8_t byte = 255;
  std::int16_t small = 0;
  std::uint16_t port = 5051;
  std::int64_t least = INT64_MIN;
  std::uint64_t most = UINT64_MAX;
  float half = 0.5F;
  double big = 1e22;
  std::string text = "\"quoted\" & <b>bold</b>";
  Bytes bytes{"\1\2\3"};
  UUID uuid;
  Colour colour = Colour::kGreen;
  std::chrono::sys_days day{std::chrono::days(20000)};
  std::chrono::sys_seconds moment{std::chrono::seconds(1700000000)};
  std::chrono::milliseconds lasting{1500};
  std::optional<std::int32_t> maybe;
  std::optional<Colour> maybeColour;
  std::optional<Point> maybePoint;
  std::optional<bool> maybeTrue;
  std::optional<std::vector<Point>> maybePoints;
  std::vector<double> numbers{1.5, 2.0};
  std::vector<bool> bits{true, true};
  std::deque<std::optional<std::string>> words;
  std::array<std::int32_t, 3> three{1, 2, 3};
  std::set<std::string> names{"a", "b"};
  std::map<std::string, Point> places{{"here", {}}};
  std::map<std::int32_t, Colour> colours{{7, Colour::kRed}};
  Point point;
  Tree tree;

  static constexpr auto kMessage = message(
      "kinds.Everything", member("off", &Everything::off), member("on", &Everything::on),
      member("tiny", &Everything::tiny), member("byte", &Everything::byte),
      member("small", &Everything::small), member("port", &Everything::port),
      member("least", &Everything::least), member("most", &Everything::most),
      member("half", &Everything::half), member("big", &Everything::big),
      member("text", &Everything::text), member("bytes", &Everything::bytes),
      member("uuid", &Everything::uuid), member("colour", &Everything::colour),
      member("day", &Everything::day), member("moment", &Everything::moment),
      member("lasting", &Everything::lasting), member("maybe", &Everything::maybe),
      member("maybe_colour", &Everything::maybeColour),
      member("maybe_point", &Everything::maybePoint), member("maybe_true", &Everything::maybeTrue),
      member("maybe_points", &Everything::maybePoints), member("numbers", &Everything::numbers),
      member("bits", &Everything::bits), member("words", &Everything::words),
      member("three", &Everything::three), member("names", &Everything::names),
      member("places", &Everything::places), member("colours", &Everything::colours),
      member("point", &Everything::point), member("tree", &Everything::tree));
};

struct Multiply {
  double x = 0.0;
  double y = 0.0;

  static constexpr auto kMessage =
      message("kinds.Multiply", member("x", &Multiply::x), member("y", &Multiply::y));
};

struct Output {
  double value = 0.0;

  static constexpr auto kMessage = message("kinds.Output", member("value", &Output::value));
};

/// Its members have the names of what a form has in a browser.
struct Clobber {
  std::string action = "none";
  std::string submit;
  std::string querySelector;
  std::string closest;

  static constexpr auto kMessage = message(
      "kinds.Clobber", member("action", &Clobber::action), member("submit", &Clobber::submit),
      member("querySelector", &Clobber::querySelector), member("closest", &Clobber::closest));
};

struct NoProduct : FaultOf<NoProduct> {
  NoProduct() : FaultOf("no product", "x is 13") {}

  static constexpr int kStatus = 422;
  static constexpr auto kMessage = faultMessage("kinds.NoProduct");
};

/// Ends with nothing.
struct Reset {
  static constexpr auto kMessage = message("kinds.Reset");
};

inline std::shared_ptr<Api> newApi() {
  return std::make_shared<Api>(
      Requests<Multiply, Everything, Clobber, Tree, Reset>(),
      [](const Multiply& m) {
        if (m.x == 13) throw NoProduct();
        return Output{m.x * m.y};
      },
      [](const Everything& all) { return all; }, [](const Clobber& all) { return all; },
      [](const Tree& tree) { return tree; }, [](const Reset&) {});
}

}  // namespace couplet::kinds
