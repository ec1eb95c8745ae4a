// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "file_edge.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <utility>

namespace couplet {

namespace {

bool counting = false;
FileFault fault;
std::vector<std::string> calls;

[[noreturn]] void die() {
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

Fate fateOf(const char* name) {
  if (!counting) return Fate::kNone;
  calls.emplace_back(name);
  return static_cast<int>(calls.size()) == fault.nth ? fault.fate : Fate::kNone;
}

/// `real()`, or what befalls it instead.
template <class Real>
auto meet(Fate fate, Real real) -> decltype(real()) {
  if (fate == Fate::kDiesBefore) die();
  if (fate == Fate::kFails) {
    errno = fault.error;
    return -1;
  }
  const auto result = real();
  if (fate == Fate::kDiesAfter || fate == Fate::kDiesHalfway) die();
  return result;
}

}  // namespace

void inject(const FileFault& next) {
  fault = next;
  calls.clear();
  counting = true;
}

std::vector<std::string> endFileFault() {
  counting = false;
  return std::exchange(calls, {});
}

}  // namespace couplet

using couplet::Fate;
using couplet::fateOf;
using couplet::meet;

extern "C" {

int __real_open(const char*, int, ...);
int __real_mkostemp(char*, int);
int __real_mkdir(const char*, mode_t);
ssize_t __real_write(int, const void*, size_t);
int __real_fsync(int);
int __real_close(int);
int __real_rename(const char*, const char*);
int __real_unlink(const char*);

int __wrap_open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const int mode = (flags & O_CREAT) ? va_arg(rest, int) : 0;
  va_end(rest);
  return meet(fateOf("open"), [&] { return __real_open(path, flags, mode); });
}
int __wrap_mkostemp(char* pattern, int flags) {
  return meet(fateOf("mkostemp"), [&] { return __real_mkostemp(pattern, flags); });
}
int __wrap_mkdir(const char* path, mode_t mode) {
  return meet(fateOf("mkdir"), [&] { return __real_mkdir(path, mode); });
}
ssize_t __wrap_write(int file, const void* bytes, size_t size) {
  const Fate fate = fateOf("write");
  const bool half = fate == Fate::kDiesHalfway || fate == Fate::kCutShort;
  return meet(fate, [&] { return __real_write(file, bytes, half ? size / 2 : size); });
}
int __wrap_fsync(int file) {
  return meet(fateOf("fsync"), [&] { return __real_fsync(file); });
}
int __wrap_close(int file) {
  const Fate fate = fateOf("close");
  if (fate == Fate::kFails) __real_close(file);
  return meet(fate, [&] { return __real_close(file); });
}
int __wrap_rename(const char* from, const char* to) {
  return meet(fateOf("rename"), [&] { return __real_rename(from, to); });
}
int __wrap_unlink(const char* path) {
  return meet(fateOf("unlink"), [&] { return __real_unlink(path); });
}
}
