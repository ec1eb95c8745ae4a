// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/errors.h>

namespace couplet {

IncompleteReadError::IncompleteReadError(std::size_t available, const std::string& wanted)
    : std::runtime_error("The input ended with " + std::to_string(available) +
                         (available == 1 ? " byte" : " bytes") + " where " + wanted +
                         " was to come."),
      available_(available) {}

ReadLimitError::ReadLimitError(std::size_t limit)
    : std::runtime_error("No delimiter came within " + std::to_string(limit) +
                         (limit == 1 ? " byte." : " bytes.")) {}

}  // namespace couplet
