// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Where a program writes what it has got.
#pragma once

#include <string>
#include <string_view>

namespace fetching {

/// Writes all of `bytes`, however long that takes. Throws std::system_error.
void writeAll(int descriptor, std::string_view bytes);

/// Standard output, or a file. Errors are couplet::ProgramError, which names it and the reason.
class Output {
 public:
  /// "": standard output
  explicit Output(std::string path);
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output();

  /// The first time, makes the file, or empties it. Throws.
  void open();

  /// As soon as it returns the bytes are on their way. Throws. REQUIRES: it is open
  void write(std::string_view bytes);

  /// Throws where something written before turns out not to be kept. REQUIRES: no more is written
  void close();

 private:
  [[noreturn]] void fail() const;

  std::string path_;
  int descriptor_ = -1;  // -1 unless it is open
};

}  // namespace fetching
