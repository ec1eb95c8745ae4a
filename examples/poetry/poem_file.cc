// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "poem_file.h"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include <couplet/protocols/program/plain_program.h>

namespace poetry {

namespace {

constexpr std::size_t kLongestNetstring = 99999;  // bytes; couplet::NetstringReceiver's limit

couplet::UsageError cannotRead(const std::string& file, int errorNumber) {
  if (errorNumber == ENOENT) return couplet::UsageError("No such file: " + file);
  return couplet::UsageError("Cannot read " + file + ": " +
                             std::generic_category().message(errorNumber) + ".");
}

std::string readFile(const std::string& file) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(std::fopen(file.c_str(), "rb"),
                                                           std::fclose);
  if (!in) throw cannotRead(file, errno);
  std::string text;
  char buffer[16384];
  while (std::size_t size = std::fread(buffer, 1, sizeof(buffer), in.get())) {
    text.append(buffer, size);
    if (text.size() > kLongestPoem)
      throw couplet::UsageError(file + " is too long for a poem: it has more than " +
                                std::to_string(kLongestPoem) + " bytes.");
  }
  if (std::ferror(in.get()) != 0) throw cannotRead(file, errno);
  return text;
}

}  // namespace

std::string readPoem(const std::string& file, Framing framing) {
  std::string poem = readFile(file);
  if (framing == Framing::kNone) return poem;
  if (poem.size() > kLongestNetstring)
    throw couplet::UsageError(file + " does not fit a netstring: it has " +
                              std::to_string(poem.size()) + " bytes, a netstring at most " +
                              std::to_string(kLongestNetstring) + ".");
  return std::to_string(poem.size()) + ":" + poem + ",";
}

}  // namespace poetry
