// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// An optional of an optional, both of which JSON would have as null.
#include <optional>
#include <string>

#include <couplet/protocols/message/json.h>

struct Guess {
#ifdef COUPLET_WRITE_IT_RIGHT
  std::optional<int> number;
#else
  std::optional<std::optional<int>> number;
#endif

  static constexpr auto kMessage =
      couplet::message("game.Guess", couplet::member("number", &Guess::number));
};

std::string use(const Guess& guess) { return couplet::toJSON(guess); }
