// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/program/detail/settings_file.h>

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <system_error>

#include <couplet/protocols/message/json.h>
#include <couplet/protocols/message/wire.h>
#include <couplet/protocols/program/detail/file_replacement.h>
#include <couplet/protocols/program/errors.h>

namespace couplet::detail {

namespace {

constexpr std::size_t kMostBytes = 1024 * 1024;  // for people to write, or for this program

/// The value of a variable that is an absolute path; else empty.
std::string folderIn(const char* variable) {
  const char* const value = std::getenv(variable);
  return value && *value == '/' ? value : "";
}

std::string configFolder() {
  const std::string config = folderIn("XDG_CONFIG_HOME");
  if (!config.empty()) return config;
  std::string home = folderIn("HOME");
  if (home.empty()) {
    const ::passwd* const user = ::getpwuid(::geteuid());
    if (user && user->pw_dir && *user->pw_dir == '/') home = user->pw_dir;
  }
  return home.empty() ? "" : home + "/.config";
}

std::string systemError(const std::system_error& error) {
  return "[Errno " + std::to_string(error.code().value()) + "] " + error.code().message();
}

}  // namespace

std::string usualSettingsFile(const std::string& program) {
  const std::string config = configFolder();
  return config.empty() ? "" : config + "/couplet/" + program + ".json";
}

std::string settingsJSON(const AnySettings& settings) {
  std::string json;
  writeWrapped(json, settings.type, settings.value);
  return json;
}

void SettingsFile::fail(const std::string& what, const std::string& why) const {
  throw ProgramError(kFaulted, what + " \"" + path_ + "\" (" + why + ")");
}

void SettingsFile::requirePath() const {
  if (!path_.empty()) return;
  throw ProgramError(kFaulted,
                     "no settings can be stored (neither XDG_CONFIG_HOME nor HOME is an absolute "
                     "path: set one, or give --settings_file)");
}

void SettingsFile::load(const AnySettings& settings) const {
  if (path_.empty()) return;
  try {
    const auto json = readWholeFile(path_, kMostBytes);
    if (json) readWrapped(*json, settings.type, settings.value, false, {});
  } catch (const std::system_error& error) {
    fail("cannot read the settings in", systemError(error));
  } catch (const MessageError& error) {
    fail("cannot use the settings in",
         std::string(error.what()) +
             "; the file is damaged, or of another version of the program: "
             "correct it, or forget it with --factory_reset");
  }
}

void SettingsFile::store(const AnySettings& settings) const {
  requirePath();
  try {
    const std::string json = settingsJSON(settings) + "\n";
    if (json.size() > kMostBytes) fail("cannot store the settings in", "they are too long");
    replaceFile(path_, json);
  } catch (const std::system_error& error) {
    fail("cannot store the settings in", systemError(error));
  } catch (const MessageError& error) {
    fail("cannot store the settings in", error.what());
  }
}

void SettingsFile::remove() const {
  requirePath();
  try {
    removeFile(path_);
  } catch (const std::system_error& error) {
    fail("cannot remove the settings in", systemError(error));
  }
}

}  // namespace couplet::detail
