// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// permessage-deflate as another implementation does it, which holds our side to what was agreed on:
// RFC 7692, 7.
#pragma once

#include <zlib.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace couplet::autobahn {

inline constexpr int kMostBits = 15;

/// What an answer to an offer says: RFC 7692, 7.1.
struct Agreed {
  bool serverNoContext = false;
  bool clientNoContext = false;
  std::optional<int> serverBits{};  // nothing where they are not said: kMostBits then
  std::optional<int> clientBits{};

  friend bool operator==(const Agreed&, const Agreed&) = default;
};

/// Throws std::runtime_error for anything but one permessage-deflate with parameters that it has.
Agreed readAgreement(std::string_view extensions);

/// One direction that is sent.
class PlainDeflater {
 public:
  PlainDeflater(int windowBits, bool noContext);
  PlainDeflater(const PlainDeflater&) = delete;
  PlainDeflater& operator=(const PlainDeflater&) = delete;
  ~PlainDeflater() { ::deflateEnd(&stream_); }

  std::string deflate(std::string_view message);

 private:
  z_stream stream_{};
  const bool noContext_;
};

/// One direction that is received. Has no more memory of it than was agreed on, to the byte.
class PlainInflater {
 public:
  PlainInflater(int windowBits, bool noContext);
  PlainInflater(const PlainInflater&) = delete;
  PlainInflater& operator=(const PlainInflater&) = delete;
  ~PlainInflater() { ::inflateEnd(&stream_); }

  /// Throws std::runtime_error for what is broken, or refers to what cannot be known any more.
  std::string inflate(std::string_view payload);

 private:
  z_stream stream_{};
  const bool noContext_;
  const std::size_t step_;  // bytes that are inflated at once
};

}  // namespace couplet::autobahn
