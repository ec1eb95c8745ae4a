// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Requests out of a stream of bytes: RFC 9112, taken strictly. Knows no transport and no time.
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

/// Takes requests out of a stream of bytes, one after the other, and tells the same however the
/// bytes are cut. Refuses whatever two readers could understand differently, and everything after
/// it.
///
///     (kHead -> kBody* -> kTrailers? -> kEnd)* -> (kRefused | kHandedOver)?
///
///     for (;;) {
///       switch (parser.next(bytes)) {
///         case HTTPEvent::kHead: begin(parser.head()); break;
///         case HTTPEvent::kBody: take(parser.body()); break;
///         case HTTPEvent::kTrailers: break;
///         case HTTPEvent::kEnd: finish(); break;
///         case HTTPEvent::kNeedMore: return;
///         case HTTPEvent::kRefused: return refuse(*parser.refused());
///       }
///     }
///
/// A head that comes in one piece is not copied; of one that comes in several, what came is kept,
/// within the limits. Of a body nothing is ever kept. Between two requests there is no memory of
/// its own.
class HTTPRequestParser {
 public:
  /// `limits` and `table` must outlive it; others may use them, too.
  HTTPRequestParser(const HTTPLimits& limits, HTTPHeadTable& table) noexcept;

  /// Takes what is next off the front of `bytes`. What `head`, `body` and `trailers` give then are
  /// views, of `bytes` where that is possible: valid until the next call, and as long as `bytes`
  /// are. Call again until it needs more, also with no bytes left: an end needs none.
  HTTPEvent next(std::string_view& bytes);

  /// The peer ended its input, and `next` needed more. kEnd between two requests; kRefused in one,
  /// which will never be whole.
  HTTPEvent inputEnded() noexcept;

  /// The head, after kHead, until the next call. REQUIRES: the last event was kHead
  const RequestHead& head() const noexcept;

  /// A piece of the body, never empty. REQUIRES: the last event was kBody
  std::string_view body() const noexcept;

  /// Fields sent behind the body. They are no headers: one who merges them trusts the peer with
  /// every header that there is. REQUIRES: the last event was kTrailers
  std::span<const HeaderField> trailers() const noexcept;

  /// Why the bytes are refused; null as long as they are not.
  const HTTPRefusal* refused() const noexcept { return refused_; }

  /// After kHead or kBody: whether kEnd is next without a byte more, since there is no body, or its
  /// length was announced.
  bool bodyIsOver() const noexcept;

  /// Takes that kEnd, as `next` would. REQUIRES: bodyIsOver()
  void takeEnd() noexcept;

  /// How long the body of the message that is being read may be; the next one has the default
  /// again. Call it at kHead: a body that is announced longer is refused at the next call.
  void setBodyLimit(std::uint64_t bytes) noexcept { unfinishedBody_.allowed = bytes; }

  /// Leaves the connection to another protocol: nothing more is taken. After kEnd of a request that
  /// offered an upgrade, or after kHead of a CONNECT, whose rest is the tunnel's.
  void handOver() noexcept;

  /// True between two requests: nothing of a head came that is not delivered. One who measures how
  /// long a head takes begins when this becomes false.
  bool idle() const noexcept { return state_ == State::kHead && unfinishedHead_.held.empty(); }

  /// True while it is as a new one: idle, and no empty line was dropped before the next request.
  bool fresh() const noexcept { return idle() && !unfinishedHead_.pastEmptyLine; }

 private:
  enum class State : std::uint8_t { kHead, kBody, kRefused, kHandedOver };

  HTTPEvent nextHead(std::string_view& bytes);
  HTTPEvent nextOfBody(std::string_view& bytes);
  HTTPEvent refuse(const HTTPRefusal& why, std::string_view& bytes) noexcept;

  const HTTPLimits& limits_;
  detail::HeadTable& table_;
  UnfinishedHead unfinishedHead_;
  UnfinishedBody unfinishedBody_;
  const HTTPRefusal* refused_ = nullptr;
  State state_ = State::kHead;
};

}  // namespace couplet
#pragma GCC visibility pop
