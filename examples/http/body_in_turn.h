// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Bodies that come all at once, and are printed one behind the other.
#pragma once

#include <string_view>

#include <couplet/deferred/deferred.h>

#include "examples/http/output.h"
#include "examples/http/spool.h"

namespace couplet {
class Clock;
}

namespace fetching {

/// A body that may come before its turn: until then it is kept in a temporary file, so that nobody
/// has to wait, neither its server nor those who are to have its connection next.
///
///     write* -> end        by who receives it
///     print                by who prints all of them, when its turn has come
class BodyInTurn {
 public:
  /// Fires when more is wanted. Fails as Spool::append, and, while it is printed, as
  /// Output::write. REQUIRES: the one before has fired
  couplet::Deferred<void> write(std::string_view bytes);

  /// No more comes, whether that was all of it or not.
  void end();

  /// Prints what came and what comes. Fires when all is printed. While what was kept is printed,
  /// others have their turns of the `clock`'s loop. `output` and `clock` must outlive this.
  couplet::Deferred<void> print(Output& output, couplet::Clock& clock);

 private:
  Spool early_;
  bool begun_ = false;           // to be printed
  Output* output_ = nullptr;     // once what was kept is printed
  couplet::Promise<void> live_;  // fires then
  couplet::Promise<void> ended_;
};

}  // namespace fetching
