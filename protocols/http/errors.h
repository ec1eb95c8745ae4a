// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What is wrong between two HTTP peers, and whose fault it is.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

#pragma GCC visibility push(default)
namespace couplet {

/// Why a parser refused what it read. There is one object for each reason, which lives as long as
/// the program.
struct HTTPRefusal {
  /// The status that a server answers a request with that is refused so: 400, 413, 414, 431, 501
  /// or 505. Of a response it means nothing: a client has nobody to answer.
  int status;

  /// For people, and safe to send: "The request has more than one Host field." Nothing of what the
  /// peer sent is in it.
  const char* why;
};

/// The peer broke the protocol, or its limits: nothing after that can be understood.
class RemoteProtocolError : public std::runtime_error {
 public:
  explicit RemoteProtocolError(const HTTPRefusal& refusal)
      : std::runtime_error(refusal.why), status_(refusal.status) {}

  /// The status that answers it.
  int status() const noexcept { return status_; }

 private:
  int status_;
};

/// A body is longer than whoever reads it allows.
class BodyTooLongError : public std::runtime_error {
 public:
  explicit BodyTooLongError(std::size_t limit)
      : std::runtime_error("the body is longer than " + std::to_string(limit) + " bytes") {}
};

/// This side was about to break the protocol: a body that is longer or shorter than its
/// Content-Length, a body where none may be. What was sent already cannot be mended: abort the
/// connection, so that the peer can tell.
class LocalProtocolError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

}  // namespace couplet
#pragma GCC visibility pop
