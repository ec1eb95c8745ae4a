// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/http/output.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include <couplet/protocols/program/errors.h>

namespace fetching {

namespace {

/// Somebody else may have made a pipe that is shared with us one that does not block.
void waitUntilWritable(int descriptor) {
  pollfd waiting{descriptor, POLLOUT, 0};
  poll(&waiting, 1, -1);
}

}  // namespace

void writeAll(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      waitUntilWritable(descriptor);
    } else if (errno != EINTR) {
      throw std::system_error(errno, std::generic_category());
    }
  }
}

Output::Output(std::string path) : path_(std::move(path)) {}

Output::~Output() {
  if (descriptor_ > STDOUT_FILENO) ::close(descriptor_);
}

void Output::open() {
  if (descriptor_ >= 0) return;
  descriptor_ = path_.empty()
                    ? STDOUT_FILENO
                    : ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail();
}

void Output::write(std::string_view bytes) {
  try {
    writeAll(descriptor_, bytes);
  } catch (const std::system_error& error) {
    errno = error.code().value();
    fail();
  }
}

void Output::close() {
  const int descriptor = std::exchange(descriptor_, -1);
  if (descriptor > STDOUT_FILENO && ::close(descriptor) != 0) fail();
}

/// For the reason in errno.
void Output::fail() const {
  const std::string reason = std::generic_category().message(errno);
  const std::string name = path_.empty() ? "to standard output" : path_;
  throw couplet::ProgramError(couplet::kFailure, "Cannot write " + name + ": " + reason + ".");
}

}  // namespace fetching
