// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/program/detail/command_line.h>

#include <algorithm>
#include <string_view>

namespace couplet::detail {

namespace {

/// A flag as it stands on the command line: `--name` or `--name=value`.
struct Word {
  std::string spelling;  // --num-bytes
  std::string name;      // num_bytes
  std::optional<std::string> value;
};

bool isFlag(const std::string& word) { return word.size() > 1 && word[0] == '-'; }

Word parseWord(const std::string& text) {
  Word word;
  const auto equals = text.find('=');
  word.spelling = text.substr(0, equals);
  word.name = word.spelling.substr(word.spelling.starts_with("--") ? 2 : 1);
  std::replace(word.name.begin(), word.name.end(), '-', '_');
  if (equals != std::string::npos) word.value = text.substr(equals + 1);
  return word;
}

bool asksForHelp(const Word& word) {
  return (word.name == "help" || word.name == "h") && !word.value;
}

/// Who has a flag, and what it takes.
struct Found {
  FlagSet* set = nullptr;
  FlagSet::Takes takes = FlagSet::Takes::kNoSuchFlag;
};

Found find(FlagSets sets, const std::string& name) {
  for (FlagSet* const set : sets) {
    const auto takes = set->find(name);
    if (takes != FlagSet::Takes::kNoSuchFlag) return {set, takes};
  }
  return {};
}

/// `--noprogress` and `--no-progress` become `--progress=false`.
Found resolve(FlagSets sets, Word& word) {
  if (const Found found = find(sets, word.name); found.set) return found;
  for (const std::string_view no : {"no_", "no"}) {
    if (!word.name.starts_with(no) || word.value) continue;
    const std::string name = word.name.substr(no.size());
    const Found found = find(sets, name);
    if (found.takes != FlagSet::Takes::kChoice) continue;
    word.name = name;
    word.value = "false";
    return found;
  }
  throw UsageError("Unknown flag: " + word.spelling);
}

}  // namespace

std::optional<Arguments> parseCommandLine(const std::vector<std::string>& words, FlagSets sets) {
  Arguments rest;
  for (auto text = words.begin(); text != words.end(); ++text) {
    if (*text == "--") {
      rest.insert(rest.end(), text + 1, words.end());
      break;
    }
    if (!isFlag(*text)) {
      rest.push_back(*text);
      continue;
    }
    Word word = parseWord(*text);
    if (asksForHelp(word)) return std::nullopt;
    const Found found = resolve(sets, word);
    if (!word.value && found.takes == FlagSet::Takes::kChoice) word.value = "true";
    if (!word.value) {
      if (++text == words.end()) throw UsageError(word.spelling + " needs a value.");
      word.value = *text;
    }
    found.set->set(word.name, word.spelling, *word.value);
  }
  return rest;
}

}  // namespace couplet::detail
