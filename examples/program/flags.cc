// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "flags.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <limits>

#include <gflags/gflags.h>

#include "program.h"

namespace examples {

namespace {

using gflags::CommandLineFlagInfo;

/// A flag as it stands on the command line: `--name` or `--name=value`.
struct Word {
  std::string spelling;  // --num-bytes
  std::string name;      // num_bytes
  std::optional<std::string> value;
};

bool isFlag(const std::string& argument) { return argument.size() > 1 && argument[0] == '-'; }

Word parseWord(const std::string& argument) {
  Word word;
  auto equals = argument.find('=');
  word.spelling = argument.substr(0, equals);
  word.name = word.spelling.substr(word.spelling.starts_with("--") ? 2 : 1);
  std::replace(word.name.begin(), word.name.end(), '-', '_');
  if (equals != std::string::npos) word.value = argument.substr(equals + 1);
  return word;
}

bool asksForHelp(const Word& word) {
  return (word.name == "help" || word.name == "h") && !word.value;
}

bool isDefinedIn(const CommandLineFlagInfo& flag, const char* folder) {
  return flag.filename.find(folder) != std::string::npos;
}

/// gflags' own flags, which print and exit by themselves, do not exist here.
bool findFlag(const std::string& name, CommandLineFlagInfo& flag) {
  return gflags::GetCommandLineFlagInfo(name.c_str(), &flag) && !isDefinedIn(flag, "gflags");
}

/// Finds the flag that `word` means; `--noprogress` and `--no-progress` become `--progress=false`.
CommandLineFlagInfo resolve(Word& word) {
  CommandLineFlagInfo flag;
  if (findFlag(word.name, flag)) return flag;
  for (const std::string no : {"no_", "no"}) {
    if (!word.name.starts_with(no) || word.value) continue;
    if (!findFlag(word.name.substr(no.size()), flag) || flag.type != "bool") continue;
    word.value = "false";
    return flag;
  }
  throw UsageError("Unknown flag: " + word.spelling);
}

bool isWhole(const std::string& value) {
  auto digits = value.begin() + (value.starts_with('-') || value.starts_with('+'));
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
  if (!isWhole(value)) return "a whole number";
  if (flag.type == "int32") return range<std::int32_t>();
  if (flag.type == "uint32") return range<std::uint32_t>();
  return flag.type == "int64" ? range<std::int64_t>() : range<std::uint64_t>();
}

void setFlag(const CommandLineFlagInfo& flag, const Word& word) {
  if (!gflags::SetCommandLineOption(flag.name.c_str(), word.value->c_str()).empty()) return;
  throw UsageError(word.spelling + " needs " + kindOf(flag, *word.value) + ", not '" + *word.value +
                   "'.");
}

}  // namespace

std::optional<std::vector<std::string>> setFlags(const std::vector<std::string>& arguments) {
  std::vector<std::string> rest;
  for (auto argument = arguments.begin(); argument != arguments.end(); ++argument) {
    if (*argument == "--") {
      rest.insert(rest.end(), argument + 1, arguments.end());
      break;
    }
    if (!isFlag(*argument)) {
      rest.push_back(*argument);
      continue;
    }
    Word word = parseWord(*argument);
    if (asksForHelp(word)) return std::nullopt;
    CommandLineFlagInfo flag = resolve(word);
    if (!word.value && flag.type == "bool") word.value = "true";
    if (!word.value) {
      if (++argument == arguments.end()) throw UsageError(word.spelling + " needs a value.");
      word.value = *argument;
    }
    setFlag(flag, word);
  }
  return rest;
}

std::string describeFlags() {
  std::vector<CommandLineFlagInfo> flags;
  gflags::GetAllFlags(&flags);
  std::string lines;
  for (const CommandLineFlagInfo& flag : flags) {
    if (!isDefinedIn(flag, "examples/")) continue;
    std::string usual = flag.default_value.empty() ? "" : "=" + flag.default_value;
    lines += "  --" + flag.name + usual + "\n      " + flag.description + "\n";
  }
  return lines;
}

}  // namespace examples
