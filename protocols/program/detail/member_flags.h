// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. A flag for each member of the settings.
#pragma once

#include <string>
#include <vector>

#include <couplet/protocols/message/detail/value_type.h>
#include <couplet/protocols/program/detail/command_line.h>

namespace couplet::detail {

/// Keeps what the command line says until the stored settings are read.
class MemberFlags final : public FlagSet {
 public:
  /// `type` is that of the settings.
  explicit MemberFlags(const MessageType& type) : type_(type) {}

  Takes find(const std::string& name) const override;
  void set(const std::string& name, const std::string& spelling, const std::string& value) override;

  /// Sets these members of `settings`, in the order of the command line. Throws UsageError.
  void apply(void* settings) const;

 private:
  struct Override {
    const MemberType* member;
    std::string spelling;
    std::string value;
  };

  const MemberType* findMember(const std::string& name) const;
  void apply(const Override& flag, void* settings) const;

  const MessageType& type_;
  std::vector<Override> overrides_;
};

/// For `--help`: two lines for each member: its value in `settings`, and what it takes.
std::string describeMembers(const MessageType& type, const void* settings);

}  // namespace couplet::detail
