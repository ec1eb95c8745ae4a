// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Where the head that was just read lies: what an HTTPHeadTable holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/protocols/http/message_head.h>

namespace couplet::detail {

/// What the fields that frame a message say, each on its own. Collected line by line; what they
/// mean together is for the end of the head to say, so that it does not depend on how the lines
/// came.
struct FramingFields {
  enum class Length : std::uint8_t { kGood, kBad, kTooLarge };

  unsigned hosts = 0;
  bool others = false;       // whether there may be any of the others
  std::string_view host;     // of the first Host
  std::uint64_t length = 0;  // of the first Content-Length
  unsigned lengths = 0;      // Content-Length values, also in one list
  unsigned codings = 0;      // Transfer-Encoding lines
  Length lengthIs = Length::kGood;
  bool lengthsDiffer = false;
  bool chunkedOnly = false;        // the last Transfer-Encoding line is `chunked` and nothing else
  bool othersThenChunked = false;  // it is a list of others that ends with it
  bool close = false;              // options of Connection
  bool keepAlive = false;
  bool upgradeOption = false;
  bool hasUpgrade = false;
  bool expectsContinue = false;
};

class HeadTable {
 public:
  /// Room for so many fields.
  HeaderField* reserve(std::size_t count) {
    if (room_ < count) [[unlikely]] {
      fields_.resize(count);
      room_ = count;
    }
    return fields_.data();
  }

  RequestHead request;
  ResponseHead response;
  std::span<const HeaderField> trailers;
  std::string_view body;
  FramingFields framing;
  std::string unfolded;  // a head without the line folding that it came with

 private:
  std::vector<HeaderField> fields_;
  std::size_t room_ = 0;  // its size
};

}  // namespace couplet::detail
