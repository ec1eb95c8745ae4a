// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Reads the members of a message from a request by HTTP.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <couplet/protocols/http/request.h>
#include <couplet/protocols/message/detail/handling.h>
#include <couplet/protocols/message/json.h>

namespace couplet::detail {

/// Of the members of a message those that have come.
class GivenMembers {
 public:
  bool none() const noexcept { return first_ == 0 && others_.empty(); }
  /// False where it has come already.
  bool add(std::size_t index);

 private:
  std::uint64_t first_ = 0;  // a bit for each of the first 64
  std::vector<std::size_t> others_;
};

/// From the query and the body, whatever the method is. Throws MessageError, InvalidQueryError,
/// TooManyFieldsError and UnsupportedMediaType.
class HTTPRequestReader final : public RequestReader {
 public:
  /// Both must outlive it.
  HTTPRequestReader(const Request& from, const JSONLimits& limits) : from_(from), limits_(limits) {}

  void read(const MessageType& type, void* request) override;

 private:
  void readFields(std::string_view text);
  void readField(std::string_view name, std::string_view value);
  void readBody();

  const Request& from_;
  const JSONLimits& limits_;
  const MessageType* type_ = nullptr;
  void* request_ = nullptr;
  GivenMembers given_;
};

}  // namespace couplet::detail
