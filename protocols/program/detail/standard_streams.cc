// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/program/detail/standard_streams.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>
#include <stdexcept>
#include <string>
#include <system_error>

namespace couplet::detail {

void holdStandardDescriptors() {
  constexpr int kWrongWay[] = {O_WRONLY, O_RDONLY, O_RDONLY};  // so that to use it fails
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) == -1) ::open("/dev/null", kWrongWay[descriptor]);
  }
}

void flushOutput() {
  errno = 0;
  if (std::cout.flush()) return;
  const std::string reason = errno == 0 ? "" : ": " + std::generic_category().message(errno);
  throw std::runtime_error("Cannot write to standard output" + reason + ".");
}

}  // namespace couplet::detail
