// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "recital.h"

#include <ostream>
#include <utility>

namespace poetry {

Recital::Recital(std::size_t poems, std::ostream& out) : out_(out), poems_(poems) {}

void Recital::poemCame(std::size_t place, std::string poem) {
  poems_[place] = std::move(poem);
  printOn();
}

void Recital::poemFailed(std::size_t place) {
  failed_ = true;
  poemCame(place, "");
}

void Recital::printOn() {
  for (; next_ < poems_.size() && poems_[next_]; ++next_) {
    out_ << *poems_[next_] << std::flush;
    poems_[next_]->clear();
  }
}

}  // namespace poetry
