// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Small files that are there as a whole or not at all.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace couplet::detail {

/// What the file has; nothing where there is none. Throws std::system_error: EFBIG for more than
/// `most` bytes.
std::optional<std::string> readWholeFile(const std::string& path, std::size_t most);

/// Gives the file this content, for its owner's eyes only. Folders are made. Whenever the program
/// or the machine dies, the file has the old content or the new one. Throws std::system_error; then
/// it has the old one, but for a failure at the very last step, when it has the new one, which a
/// machine that dies may yet lose. What a symbolic link names is replaced, and not the link.
///
/// A temporary file, `.NAME.XXXXXX` beside it, is left behind only by a program that dies.
void replaceFile(const std::string& path, std::string_view content);

/// The file is no more, if there was one. Throws std::system_error.
void removeFile(const std::string& path);

}  // namespace couplet::detail
