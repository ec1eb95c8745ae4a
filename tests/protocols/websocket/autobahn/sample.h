// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What messages are made of: data that deflates as what people send does. The same in every run.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace couplet::autobahn {

/// Some 200 KiB of one kind.
class Sample {
 public:
  enum class Kind { kJSON, kPicture, kPoem, kPage, kDocument };

  /// That of a kind, which is made once.
  static const Sample& of(Kind kind);

  /// Whether it is UTF-8, and is sent as text.
  bool isText() const noexcept { return isText_; }

  /// `size` characters of a text, or bytes, from the one at `from` on; after the end follows the
  /// beginning. REQUIRES: size <= this->size()
  std::string part(std::size_t from, std::size_t size) const;

  /// In characters, or bytes.
  std::size_t size() const noexcept { return starts_.size() - 1; }

 private:
  Sample(bool isText, std::string data);

  bool isText_;
  std::string data_;
  std::vector<std::size_t> starts_;  // of each character or byte, and the end
};

}  // namespace couplet::autobahn
