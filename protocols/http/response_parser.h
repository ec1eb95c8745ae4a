// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Responses out of a stream of bytes, for a client: RFC 9112. Knows no transport and no time.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <couplet/protocols/http/errors.h>
#include <couplet/protocols/http/event.h>
#include <couplet/protocols/http/limits.h>
#include <couplet/protocols/http/message_head.h>
#include <couplet/protocols/http/unfinished.h>

#pragma GCC visibility push(default)
namespace couplet {

/// Takes the response to one request after the other out of a stream of bytes, and tells the same
/// however the bytes are cut. It is as strict as HTTPRequestParser, but for what servers do and
/// RFC 9112 has a client take: bare LF and line folding in a head, Content-Length said twice.
///
///     expectResponse -> kInterim* -> kHead -> kBody* -> kTrailers? -> kEnd
///
/// then `expectResponse` again, where `reusable`. kRefused may come at any time, also behind kEnd:
/// what follows a response and was not asked for does not belong to it.
class HTTPResponseParser {
 public:
  /// What a response may do depends on what was asked.
  struct Request {
    std::string_view method = "GET";
    bool offersUpgrade = false;  ///< so that 101 may answer it
  };

  /// `limits` and `table` must outlive it; others may use them, too.
  HTTPResponseParser(const HTTPLimits& limits, HTTPHeadTable& table) noexcept;

  /// The next response is to this request. REQUIRES: none is being read, and `reusable` after one
  void expectResponse(const Request& request) noexcept;

  /// Takes what is next off the front of `bytes`, as HTTPRequestParser does. kHead is followed by
  /// kHandedOver where the connection is the user's now: a 101 that was asked for, or what CONNECT
  /// opened.
  HTTPEvent next(std::string_view& bytes);

  /// The peer ended its input, and `next` needed more. kEnd where that ends the body, and after a
  /// response; kRefused in the middle of one, and before one that is expected: see `begun`.
  HTTPEvent inputEnded() noexcept;

  /// The head, after kInterim and kHead, until the next call.
  const ResponseHead& head() const noexcept;

  /// A piece of the body, never empty. REQUIRES: the last event was kBody
  std::string_view body() const noexcept;

  /// Fields sent behind the body; they are no headers. REQUIRES: the last event was kTrailers
  std::span<const HeaderField> trailers() const noexcept;

  /// Why the bytes are refused; null as long as they are not. Its status means nothing here.
  const HTTPRefusal* refused() const noexcept { return refused_; }

  /// How long the body of this response may be. Call it at kHead.
  void setBodyLimit(std::uint64_t bytes) noexcept { unfinishedBody_.allowed = bytes; }

  /// Whether anything came of the response that is expected. If not when the connection is lost, it
  /// may have been lost before the request arrived.
  bool begun() const noexcept { return begun_; }

  /// Whether another request may be sent: the response is over, both sides keep the connection, and
  /// nothing was odd about where it ended. False where the server sent bytes behind it: give them
  /// to `next` before you ask.
  bool reusable() const noexcept { return state_ == State::kOver && keeps_; }

 private:
  enum class State : std::uint8_t { kHead, kBody, kOver, kHandedOver, kRefused };

  HTTPEvent nextHead(std::string_view& bytes);
  HTTPEvent beginBody() noexcept;
  HTTPEvent nextOfBody(std::string_view& bytes);
  HTTPEvent refuse(const HTTPRefusal& why, std::string_view& bytes) noexcept;

  const HTTPLimits& limits_;
  detail::HeadTable& table_;
  UnfinishedHead unfinishedHead_;
  UnfinishedBody unfinishedBody_;
  const HTTPRefusal* refused_ = nullptr;
  State state_ = State::kOver;
  bool isHead_ = false;     // the request's method
  bool isConnect_ = false;  // the same
  bool offersUpgrade_ = false;
  bool begun_ = false;
  bool keeps_ = true;  // as far as is known of the response
};

}  // namespace couplet
#pragma GCC visibility pop
