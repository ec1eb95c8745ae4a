// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The body of a message on its way out: RFC 9112 sections 6 and 7.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <couplet/protocols/http/headers.h>
#include <couplet/protocols/http/message_head.h>

#pragma GCC visibility push(default)
namespace couplet {

/// What a response depends on of the request that it answers.
struct AnsweredRequest {
  std::string_view method = "GET";
  HTTPVersion version = HTTPVersion::kHTTP11;
};

/// What a sender adds to the headers of a response by itself: it costs less than a header does.
struct AddedFields {
  /// Lines of fields, each with CR LF, that are known to be right: the Date, rendered once a
  /// second.
  std::string_view lines{};

  /// The value of a Connection field; none where it is empty.
  std::string_view connection{};

  /// Adds Content-Length, or `Transfer-Encoding: chunked`. Not both, nor one that is a header; but
  /// with `unlessGiven`, neither where there is a Content-Length among the headers.
  std::optional<std::uint64_t> contentLength{};
  bool chunked = false;
  bool unlessGiven = false;

  /// Leaves fields of the headers out: Connection and Date, or Transfer-Encoding.
  bool dropsConnectionAndDate = false;
  bool dropsTransferEncoding = false;
};

struct HTTPStatus;

/// Frames the body of one message as its head has announced it, and counts it. A value.
///
/// Throws LocalProtocolError where the body is not what was announced, and then has appended
/// nothing: abort the connection, since nothing that follows would be understood.
class HTTPBodyWriter {
 public:
  /// Of a request with these headers: chunked, of a Content-Length, or without a body. Throws
  /// std::invalid_argument when they have both, several, or one that is not right; or a
  /// Transfer-Encoding other than `chunked`.
  static HTTPBodyWriter forRequest(const Headers& headers);

  /// Of a response: chunked, of a Content-Length, or all until the connection ends; without a body
  /// to HEAD and of 1xx, 204 and 304. Throws as `forRequest` does; and when 1xx or 204 has headers
  /// of a body, what answers CONNECT with success has them, or chunks were to go to an HTTP/1.0
  /// peer.
  static HTTPBodyWriter forResponse(int status, const Headers& headers,
                                    const AnsweredRequest& answered = {},
                                    const AddedFields& added = {});

  /// `write`, and then `finish`: the whole body at once. It throws as they do.
  void writeAll(std::string& out, std::string_view body) {
    if (kind_ != Kind::kLength || body.size() != left_ || finished_) return writeOdd(out, body);
    left_ = 0;
    finished_ = true;
    if (!toHead_) out.append(body);
  }

  /// Appends a piece of the body; nothing where the response is to HEAD. Throws when the body is
  /// longer than its Content-Length, when there may be none, and after `finish`.
  void write(std::string& out, std::string_view piece);

  /// For one who sends the piece itself and no copy of it: counts it, appends to `before` what goes
  /// before it, and returns what goes behind it: a literal. Throws as `write` does. REQUIRES:
  /// sendsBody()
  std::string_view frame(std::string& before, std::uint64_t pieceSize);

  /// Appends what ends the body. Throws when it is shorter than its Content-Length, and when there
  /// are trailers but no chunks. Throws std::invalid_argument for a trailer that frames, routes or
  /// interprets the message, and so must be a header: RFC 9110 section 6.5.1.
  void finish(std::string& out);
  void finish(std::string& out, const Headers& trailers);

  bool finished() const noexcept { return finished_; }

  /// Whether bytes of a body are sent at all.
  bool sendsBody() const noexcept { return kind_ != Kind::kNone && !toHead_; }

  /// Whether the end of the connection ends the body, and nothing else does.
  bool endsWithConnection() const noexcept { return kind_ == Kind::kUntilClose && !toHead_; }

  /// How many bytes are still to come; nothing where no length was announced.
  std::optional<std::uint64_t> left() const noexcept;

 private:
  enum class Kind : std::uint8_t { kNone, kLength, kChunked, kUntilClose };

  friend HTTPBodyWriter writeResponseHead(std::string& out, const HTTPStatus& status,
                                          const Headers& headers, const AnsweredRequest& answered,
                                          const AddedFields& added);

  static HTTPBodyWriter forResponse(int status, const Headers& headers, unsigned sentFields,
                                    const AnsweredRequest& answered, const AddedFields& added);
  static HTTPBodyWriter forOddResponse(int status, const Headers& headers, unsigned sentFields,
                                       const AnsweredRequest& answered, const AddedFields& added);

  HTTPBodyWriter(Kind kind, std::uint64_t length, bool toHead) noexcept
      : left_(length), kind_(kind), toHead_(toHead) {}
  void writeOdd(std::string& out, std::string_view body);
  void count(std::uint64_t pieceSize);
  void endBody();

  std::uint64_t left_;  // of kLength
  Kind kind_;
  bool toHead_;  // it is counted, and not sent
  bool finished_ = false;
};

}  // namespace couplet
#pragma GCC visibility pop
