// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Messages for tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <couplet/protocols/message/json.h>
#include <couplet/protocols/message/message.h>

namespace couplet {

struct Multiply {
  double x = 0.0;
  double y = 0.0;

  bool operator==(const Multiply&) const = default;
  static constexpr auto kMessage =
      message("crunch_api.Multiply", member("x", &Multiply::x), member("y", &Multiply::y));
};

struct Output {
  double value = 0.0;

  bool operator==(const Output&) const = default;
  static constexpr auto kMessage = message("crunch_api.Output", member("value", &Output::value));
};

/// A message with one member, of any type.
template <class T>
struct Holder {
  T value{};

  bool operator==(const Holder&) const = default;
  static constexpr auto kMessage = message("test.Holder", member("value", &Holder::value));
};

/// A message inside of itself.
struct Tree {
  std::vector<Tree> children;

  bool operator==(const Tree&) const = default;
  static constexpr auto kMessage = message("test.Tree", member("children", &Tree::children));

  /// Of so many messages inside each other.
  static Tree ofDepth(int depth) {
    Tree tree;
    if (depth > 1) tree.children.push_back(ofDepth(depth - 1));
    return tree;
  }
};

/// A T that was a message's member in JSON, and the other way.
template <class T>
T fromValue(std::string_view json) {
  return fromJSON<Holder<T>>("{\"value\":" + std::string(json) + "}").value;
}
template <class T>
std::string toValue(const T& value) {
  const std::string json = toJSON(Holder<T>{value});
  return json.substr(9, json.size() - 10);
}
template <class T>
T roundTrip(const T& value) {
  return fromValue<T>(toValue(value));
}

/// What `read` is refused for; nothing where it is not.
template <class F>
std::string whyNot(F read) {
  try {
    static_cast<void>(read());
  } catch (const MessageError& error) {
    return error.what();
  }
  return "";
}

/// Why a T cannot be this JSON.
template <class T>
std::string whyNoValue(std::string_view json) {
  return whyNot([&] { return fromValue<T>(json); });
}

}  // namespace couplet
