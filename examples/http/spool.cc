// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/http/spool.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "examples/http/output.h"

namespace fetching {

namespace {

constexpr off_t kPiece = 64 * 1024;

[[noreturn]] void fail(int errorNumber) {
  throw std::runtime_error("What comes before its turn cannot be kept in a temporary file: " +
                           std::generic_category().message(errorNumber) + ".");
}

}  // namespace

void Spool::append(std::string_view bytes) {
  if (bytes.empty()) return;
  if (!file_) file_.reset(std::tmpfile());
  if (!file_) fail(errno);
  try {
    writeAll(fileno(file_.get()), bytes);
  } catch (const std::system_error& error) {
    fail(error.code().value());
  }
  size_ += static_cast<off_t>(bytes.size());
}

std::string Spool::take() {
  std::string bytes(static_cast<std::size_t>(std::min(kPiece, size_ - taken_)), '\0');
  const ssize_t got = ::pread(fileno(file_.get()), bytes.data(), bytes.size(), taken_);
  if (got <= 0) fail(got < 0 ? errno : EIO);
  bytes.resize(static_cast<std::size_t>(got));
  taken_ += got;
  if (taken_ == size_) *this = Spool();
  return bytes;
}

}  // namespace fetching
