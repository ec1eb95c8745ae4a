// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a client sends behind the head of a request.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <couplet/protocols/http/outgoing_body.h>

#pragma GCC visibility push(default)
namespace couplet {

/// The body of a request: bytes, or a function that writes them as they are sent. It is called once
/// for each time that the body is sent, which is more than once only where redirections are
/// followed.
class RequestBody {
 public:
  /// None.
  RequestBody() noexcept = default;

  RequestBody(std::string bytes)  // NOLINT: meant
      : bytes_(bytes.empty() ? nullptr : std::make_shared<const std::string>(std::move(bytes))) {}
  RequestBody(std::string_view bytes) : RequestBody(std::string(bytes)) {}  // NOLINT: meant
  RequestBody(const char* bytes) : RequestBody(std::string(bytes)) {}       // NOLINT: meant

  RequestBody(BodyProducer producer) noexcept : producer_(std::move(producer)) {}  // NOLINT: meant
  template <class F>
  requires std::is_invocable_r_v<Deferred<void>, F&, OutgoingBody&> RequestBody(F write)
      : producer_(std::move(write)) {}  // NOLINT: meant

  bool empty() const noexcept { return !bytes_ && !producer_; }

  /// Null where there are none. Shared, so that they are not copied to be sent.
  const std::shared_ptr<const std::string>& bytes() const noexcept { return bytes_; }
  /// Empty where the body is bytes, or none.
  const BodyProducer& producer() const noexcept { return producer_; }

 private:
  std::shared_ptr<const std::string> bytes_;
  BodyProducer producer_;
};

}  // namespace couplet
#pragma GCC visibility pop
