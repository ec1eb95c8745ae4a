// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/program/detail/reserved_flags.h>

namespace couplet::detail {

bool* ReservedFlags::choiceOf(const std::string& name) {
  if (name == "dump_settings") return &dumpSettings;
  if (name == "store_settings") return &storeSettings;
  if (name == "factory_reset") return &factoryReset;
  return name == "pure_object" ? &pureObject : nullptr;
}

FlagSet::Takes ReservedFlags::find(const std::string& name) const {
  if (name == "settings_file") return Takes::kValue;
  return const_cast<ReservedFlags*>(this)->choiceOf(name) ? Takes::kChoice : Takes::kNoSuchFlag;
}

void ReservedFlags::set(const std::string& name, const std::string& spelling,
                        const std::string& value) {
  bool* const choice = choiceOf(name);
  if (!choice && value.empty()) throw UsageError(spelling + " needs the name of a file, not ''.");
  if (!choice) {
    settingsFile = value;
    return;
  }
  if (value != "true" && value != "false") {
    throw UsageError(spelling + " needs true or false, not '" + value + "'.");
  }
  *choice = value == "true";
}

std::string describeReservedFlags(const std::string& settingsFile) {
  return "  --dump_settings\n      print the settings as they would be, and end\n"
         "  --store_settings\n      store the settings as they would be, and end\n"
         "  --factory_reset\n      forget what is stored, and end\n"
         "  --settings_file=" +
         settingsFile +
         "\n      where settings are stored\n"
         "  --pure_object\n      print the result as JSON\n";
}

}  // namespace couplet::detail
