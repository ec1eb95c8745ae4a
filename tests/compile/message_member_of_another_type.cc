// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A member of a type that no message can have.
#include <string>

#include <couplet/protocols/message/json.h>

struct Note {
#ifdef COUPLET_WRITE_IT_RIGHT
  std::string text;
#else
  const char* text = "";
#endif

  static constexpr auto kMessage =
      couplet::message("notes.Note", couplet::member("text", &Note::text));
};

std::string use(const Note& note) { return couplet::toJSON(note); }
