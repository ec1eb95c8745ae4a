// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// For tests: the edge between the settings and the file system, where calls can be made to fail, or
// to be the last of the process. The linker leads the library's calls here (--wrap).
#pragma once

#include <string>
#include <vector>

namespace couplet {

/// What befalls a call.
enum class Fate {
  kNone,
  kDiesBefore,   ///< the process is killed before it
  kDiesHalfway,  ///< of a write: when half of the bytes are written; else as kDiesAfter
  kDiesAfter,
  kFails,     ///< with `error`; a file that is not closed is closed all the same
  kCutShort,  ///< of a write: half of the bytes are written
};

struct FileFault {
  Fate fate = Fate::kNone;
  int nth = 0;  ///< which call it befalls; 1 is the first
  int error = 0;
};

/// From here on, calls are counted.
void inject(const FileFault& fault);

/// The names of the calls since the last `inject`, in order; it ends there.
std::vector<std::string> endFileFault();

}  // namespace couplet
