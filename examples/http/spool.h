// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Bytes that are kept until they are wanted.
#pragma once

#include <sys/types.h>

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace fetching {

/// A queue of bytes, in a temporary file without a name, which goes when all is taken.
class Spool {
 public:
  /// Throws std::runtime_error, with the reason: no more open files, a disk that is full. What was
  /// there before can still be taken then, and nothing more appended.
  void append(std::string_view bytes);

  /// The next ones, at most 64 KiB. Throws std::runtime_error. REQUIRES: !empty()
  std::string take();

  bool empty() const noexcept { return taken_ == size_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };

  std::unique_ptr<std::FILE, Close> file_;  // used by its descriptor only: nothing is buffered
  off_t size_ = 0;
  off_t taken_ = 0;
};

}  // namespace fetching
