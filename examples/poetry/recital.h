// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Poems that come in any order, printed in one.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace poetry {

/// Prints each poem exactly as it is, as soon as all before it have come or failed. Does not own
/// the stream, which must outlive it.
class Recital {
 public:
  Recital(std::size_t poems, std::ostream& out);

  /// What became of the poem in `place`, counted from 0. One of the two, once for each place.
  void poemCame(std::size_t place, std::string poem);
  void poemFailed(std::size_t place);

  /// Whether every poem came and is printed.
  bool complete() const { return next_ == poems_.size() && !failed_; }

 private:
  void printOn();

  std::ostream& out_;
  std::vector<std::optional<std::string>> poems_;  // empty texts for those that failed
  std::size_t next_ = 0;                           // the first place that was not printed
  bool failed_ = false;
};

}  // namespace poetry
