// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/program/detail/reserved_flags.h>

#include <charconv>
#include <chrono>
#include <cstdint>
#include <system_error>

namespace couplet::detail {

namespace {

std::chrono::milliseconds millisecondsOf(const std::string& spelling, const std::string& value) {
  std::uint32_t count = 0;
  const char* const end = value.data() + value.size();
  const auto [stopped, error] = std::from_chars(value.data(), end, count);
  if (error != std::errc() || stopped != end) {
    throw UsageError(spelling + " needs a number of milliseconds, not '" + value + "'.");
  }
  return std::chrono::milliseconds(count);
}

}  // namespace

bool* ReservedFlags::choiceOf(const std::string& name) {
  if (name == "dump_settings") return &dumpSettings;
  if (name == "store_settings") return &storeSettings;
  if (name == "factory_reset") return &factoryReset;
  return name == "pure_object" ? &pureObject : nullptr;
}

FlagSet::Takes ReservedFlags::find(const std::string& name) const {
  if (name == "settings_file" || name == "stall_limit_ms") return Takes::kValue;
  return const_cast<ReservedFlags*>(this)->choiceOf(name) ? Takes::kChoice : Takes::kNoSuchFlag;
}

void ReservedFlags::set(const std::string& name, const std::string& spelling,
                        const std::string& value) {
  if (bool* const choice = choiceOf(name)) return setChoice(*choice, spelling, value);
  if (name == "stall_limit_ms") {
    stallLimit = millisecondsOf(spelling, value);
  } else if (value.empty()) {
    throw UsageError(spelling + " needs the name of a file, not ''.");
  } else {
    settingsFile = value;
  }
}

void ReservedFlags::setChoice(bool& choice, const std::string& spelling, const std::string& value) {
  if (value != "true" && value != "false") {
    throw UsageError(spelling + " needs true or false, not '" + value + "'.");
  }
  choice = value == "true";
}

std::string describeReservedFlags(const std::string& settingsFile) {
  return "  --dump_settings\n      print the settings as they would be, and end\n"
         "  --store_settings\n      store the settings as they would be, and end\n"
         "  --factory_reset\n      forget what is stored, and end\n"
         "  --settings_file=" +
         settingsFile +
         "\n      where settings are stored\n"
         "  --pure_object\n      print the result as JSON\n"
         "  --stall_limit_ms=N\n      report a callback that takes longer; 0: none\n";
}

}  // namespace couplet::detail
