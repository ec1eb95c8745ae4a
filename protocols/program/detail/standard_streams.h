// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Standard input, output and error of a program.
#pragma once

namespace couplet::detail {

/// Where one of their descriptors is missing, nothing else comes by its number: what is meant for
/// standard error would go there. To use it fails, as before. To be called before files are opened.
void holdStandardDescriptors();

/// Sends off what was printed. Throws std::runtime_error where that cannot be written, with the
/// reason, unless it is too late to know.
void flushOutput();

}  // namespace couplet::detail
