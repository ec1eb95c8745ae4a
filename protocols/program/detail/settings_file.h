// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Where the settings of a program are stored, and how: as `{"value":{"port":5051}}`.
#pragma once

#include <string>

#include <couplet/protocols/program/detail/any_settings.h>

namespace couplet::detail {

/// `$XDG_CONFIG_HOME/couplet/<program>.json`, else `$HOME/.config/couplet/<program>.json`. Either
/// must be absolute, or it is as if it were not set; without them the user's folder is what the
/// system says. Empty where there is none.
std::string usualSettingsFile(const std::string& program);

/// The stored settings of a program. What it throws is a ProgramError that names the file.
class SettingsFile {
 public:
  explicit SettingsFile(std::string path) : path_(std::move(path)) {}

  /// Sets what the file has; without a file, nothing. Throws, and leaves the file as it is, for one
  /// that cannot be read, or has what these settings have not.
  void load(const AnySettings& settings) const;

  void store(const AnySettings& settings) const;

  void remove() const;

 private:
  void requirePath() const;
  [[noreturn]] void fail(const std::string& what, const std::string& why) const;

  std::string path_;  // empty where there is none
};

/// `{"value":{"port":5051}}`. Throws MessageError.
std::string settingsJSON(const AnySettings& settings);

}  // namespace couplet::detail
