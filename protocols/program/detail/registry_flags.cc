// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/program/detail/registry_flags.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <limits>
#include <set>
#include <string_view>
#include <vector>

#include <gflags/gflags.h>

namespace couplet::detail {

namespace {

using gflags::CommandLineFlagInfo;

std::string_view fileOf(const CommandLineFlagInfo& flag) {
  const std::string_view path = flag.filename;
  return path.substr(path.rfind('/') + 1);
}

bool isOfGflags(const CommandLineFlagInfo& flag) {
  const std::string_view file = fileOf(flag);
  return file == "gflags.cc" || file == "gflags_reporting.cc" || file == "gflags_completions.cc";
}

bool findFlag(const std::string& name, CommandLineFlagInfo& flag) {
  return gflags::GetCommandLineFlagInfo(name.c_str(), &flag) && !isOfGflags(flag);
}

bool isWhole(const std::string& value) {
  const auto digits = value.begin() + (value.starts_with('-') || value.starts_with('+'));
  return digits != value.end() &&
         std::all_of(digits, value.end(), [](unsigned char c) { return std::isdigit(c); });
}

template <class Int>
std::string range() {
  return "a number from " + std::to_string(std::numeric_limits<Int>::min()) + " to " +
         std::to_string(std::numeric_limits<Int>::max());
}

/// What `flag` takes, for one who gave it `value`.
std::string kindOf(const CommandLineFlagInfo& flag, const std::string& value) {
  if (flag.type == "bool") return "true or false";
  if (flag.type == "double") return "a number";
  if (flag.type == "string") return "another value";
  if (!isWhole(value)) return "a whole number";
  if (flag.type == "int32") return range<std::int32_t>();
  if (flag.type == "uint32") return range<std::uint32_t>();
  return flag.type == "int64" ? range<std::int64_t>() : range<std::uint64_t>();
}

/// The files that define glog's flags.
std::set<std::string> filesOfGlog() {
  std::set<std::string> files;
  for (const char* name : {"logtostderr", "symbolize_stacktrace", "v"}) {
    CommandLineFlagInfo flag;
    if (gflags::GetCommandLineFlagInfo(name, &flag)) files.insert(flag.filename);
  }
  return files;
}

}  // namespace

FlagSet::Takes RegistryFlags::find(const std::string& name) const {
  CommandLineFlagInfo flag;
  if (!findFlag(name, flag)) return Takes::kNoSuchFlag;
  return flag.type == "bool" ? Takes::kChoice : Takes::kValue;
}

void RegistryFlags::set(const std::string& name, const std::string& spelling,
                        const std::string& value) {
  if (!gflags::SetCommandLineOption(name.c_str(), value.c_str()).empty()) return;
  throw UsageError(spelling + " needs " +
                   kindOf(gflags::GetCommandLineFlagInfoOrDie(name.c_str()), value) + ", not '" +
                   value + "'.");
}

std::string describeRegistryFlags() {
  const std::set<std::string> glog = filesOfGlog();
  std::vector<CommandLineFlagInfo> flags;
  gflags::GetAllFlags(&flags);
  std::string lines;
  for (const CommandLineFlagInfo& flag : flags) {
    if (isOfGflags(flag) || glog.contains(flag.filename)) continue;
    const std::string usual = flag.default_value.empty() ? "" : "=" + flag.default_value;
    lines += "  --" + flag.name + usual + "\n      " + flag.description + "\n";
  }
  return lines;
}

bool isUnset(const char* flag) {
  CommandLineFlagInfo info;
  return !gflags::GetCommandLineFlagInfo(flag, &info) || info.is_default;
}

}  // namespace couplet::detail
