// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The flags that every program with settings has.
#pragma once

#include <optional>
#include <string>

#include <couplet/deferred/clock.h>
#include <couplet/protocols/program/detail/command_line.h>

namespace couplet::detail {

class ReservedFlags final : public FlagSet {
 public:
  bool dumpSettings = false;
  bool storeSettings = false;
  bool factoryReset = false;
  bool pureObject = false;
  std::string settingsFile;            // empty: the usual one
  std::optional<Duration> stallLimit;  // as ReactorOptions::stallLimit

  Takes find(const std::string& name) const override;
  void set(const std::string& name, const std::string& spelling, const std::string& value) override;

  /// Whether the program is to end without running.
  bool onlySettings() const noexcept { return dumpSettings || storeSettings || factoryReset; }

 private:
  bool* choiceOf(const std::string& name);
  void setChoice(bool& choice, const std::string& spelling, const std::string& value);
};

/// For `--help`.
std::string describeReservedFlags(const std::string& settingsFile);

}  // namespace couplet::detail
