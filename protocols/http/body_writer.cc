// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/body_writer.h>

#include <algorithm>
#include <stdexcept>

#include <couplet/protocols/http/detail/framing.h>
#include <couplet/protocols/http/detail/sent_fields.h>
#include <couplet/protocols/http/errors.h>
#include <couplet/protocols/http/status.h>

namespace couplet {

namespace {

using detail::FramingFields;

constexpr std::size_t kLongestChunkSize = 16 + 2;  // digits, CR LF

/// RFC 9110 6.5.1: what must be known before the body, or makes of it something else.
constexpr std::string_view kNoTrailers[] = {"authorization",
                                            "connection",
                                            "content-encoding",
                                            "content-length",
                                            "content-range",
                                            "content-type",
                                            "cookie",
                                            "expect",
                                            "host",
                                            "set-cookie",
                                            "te",
                                            "trailer",
                                            "transfer-encoding",
                                            "upgrade"};

[[noreturn]] void refuseFraming(const FramingFields& framing) {
  const bool both = framing.codings > 0 && framing.lengths > 0;
  if (both) throw std::invalid_argument("both Content-Length and Transfer-Encoding");
  if (framing.codings > 0) throw std::invalid_argument("the Transfer-Encoding is not chunked");
  if (framing.lengths > 1) throw std::invalid_argument("more than one Content-Length");
  throw std::invalid_argument("the Content-Length is no decimal number up to 2^63-1");
}

/// RFC 9112 6.1 and 6.2: one Content-Length, or one Transfer-Encoding that is `chunked`.
void checkFraming(const FramingFields& framing) {
  const bool good = framing.lengthIs == FramingFields::Length::kGood &&
                    framing.lengths + framing.codings <= 1 &&
                    framing.chunkedOnly == (framing.codings > 0);
  if (!good) [[unlikely]]
    refuseFraming(framing);
}

FramingFields framingOf(const Headers& headers) {
  FramingFields framing;
  for (const HeaderField field : headers) detail::collectFraming(framing, field);
  return framing;
}

void add(FramingFields& framing, const AddedFields& added) {
  if (added.contentLength) {
    if (framing.lengths++ == 0) framing.length = *added.contentLength;
    if (*added.contentLength > INT64_MAX) framing.lengthIs = FramingFields::Length::kTooLarge;
  }
  if (added.chunked) framing.chunkedOnly = framing.codings++ == 0;
}

/// What frames a response whose headers have these.
FramingFields framingOf(const Headers& headers, unsigned sentFields, const AddedFields& added) {
  FramingFields framing;
  if ((sentFields & (detail::kContentLength | detail::kTransferEncoding)) != 0) {
    framing = framingOf(headers);
    if (added.dropsTransferEncoding) framing.codings = framing.chunkedOnly = 0;
  }
  if (detail::addsFraming(added, sentFields)) add(framing, added);
  checkFraming(framing);
  return framing;
}

/// Whether the sender alone frames a response that may have a body, by its length.
inline bool isOrdinary(int status, unsigned sentFields, const AnsweredRequest& answered,
                       const AddedFields& added) noexcept {
  return (sentFields & (detail::kContentLength | detail::kTransferEncoding)) == 0 &&
         !isBodiless(status) && answered.method != "CONNECT" && !added.chunked &&
         added.contentLength.value_or(UINT64_MAX) <= INT64_MAX;
}

void appendChunkSize(std::string& out, std::uint64_t size) {
  constexpr char kHex[] = "0123456789abcdef";
  char text[kLongestChunkSize];
  char* begin = text + sizeof text;
  *--begin = '\n';
  *--begin = '\r';
  do *--begin = kHex[size & 15];
  while ((size >>= 4) > 0);
  out.append(begin, text + sizeof text);
}

void checkTrailers(const Headers& trailers) {
  for (const HeaderField field : trailers) {
    const bool never =
        std::any_of(std::begin(kNoTrailers), std::end(kNoTrailers),
                    [&](std::string_view name) { return sameIgnoringCase(field.name, name); });
    if (never) throw std::invalid_argument(std::string(field.name) + " may not be a trailer");
  }
}

std::string bytes(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " byte" : " bytes");
}

}  // namespace

HTTPBodyWriter HTTPBodyWriter::forRequest(const Headers& headers) {
  const FramingFields framing = framingOf(headers);
  checkFraming(framing);
  if (framing.codings > 0) return {Kind::kChunked, 0, false};
  return {framing.lengths > 0 ? Kind::kLength : Kind::kNone, framing.length, false};
}

HTTPBodyWriter HTTPBodyWriter::forResponse(int status, const Headers& headers,
                                           const AnsweredRequest& answered,
                                           const AddedFields& added) {
  return forResponse(status, headers, detail::SentFields::of(headers), answered, added);
}

HTTPBodyWriter HTTPBodyWriter::forResponse(int status, const Headers& headers, unsigned sentFields,
                                           const AnsweredRequest& answered,
                                           const AddedFields& added) {
  if (isOrdinary(status, sentFields, answered, added)) [[likely]] {
    return {Kind::kLength, *added.contentLength, answered.method == "HEAD"};
  }
  return forOddResponse(status, headers, sentFields, answered, added);
}

HTTPBodyWriter HTTPBodyWriter::forOddResponse(int status, const Headers& headers,
                                              unsigned sentFields, const AnsweredRequest& answered,
                                              const AddedFields& added) {
  const FramingFields framing = framingOf(headers, sentFields, added);
  const bool framed = framing.codings > 0 || framing.lengths > 0;
  const bool opens = answered.method == "CONNECT" && status / 100 == 2;
  if (framed && (opens || status < 200 || status == 204)) {  // RFC 9110 8.6, RFC 9112 6.1
    throw std::invalid_argument("a response of " + std::to_string(status) +
                                " with Content-Length or Transfer-Encoding");
  }
  if (framing.codings > 0 && answered.version == HTTPVersion::kHTTP10) {  // RFC 9112 6.1
    throw std::invalid_argument("Transfer-Encoding to a peer of HTTP/1.0");
  }
  if (opens || isBodiless(status)) return {Kind::kNone, 0, false};
  const bool toHead = answered.method == "HEAD";
  if (framing.codings > 0) return {Kind::kChunked, 0, toHead};
  return {framing.lengths > 0 ? Kind::kLength : Kind::kUntilClose, framing.length, toHead};
}

std::optional<std::uint64_t> HTTPBodyWriter::left() const noexcept {
  return kind_ == Kind::kLength ? std::optional(left_) : std::nullopt;
}

void HTTPBodyWriter::count(std::uint64_t pieceSize) {
  if (finished_) throw LocalProtocolError("a body was written to after its end");
  if (kind_ == Kind::kNone) throw LocalProtocolError("a body where there may be none");
  if (kind_ != Kind::kLength) return;
  if (pieceSize > left_) {
    throw LocalProtocolError("the body is longer than its Content-Length, by " +
                             bytes(pieceSize - left_));
  }
  left_ -= pieceSize;
}

void HTTPBodyWriter::writeOdd(std::string& out, std::string_view body) {
  HTTPBodyWriter counted = *this;  // which throws before anything is appended
  if (!body.empty() || finished_) counted.count(body.size());
  counted.endBody();
  write(out, body);
  finish(out);
}

void HTTPBodyWriter::write(std::string& out, std::string_view piece) {
  if (piece.empty() && !finished_) return;  // a chunk of no bytes would be the last one
  count(piece.size());
  if (toHead_) return;
  if (kind_ != Kind::kChunked) {
    out.append(piece);
    return;
  }
  out.reserve(out.size() + kLongestChunkSize + piece.size() + 2);
  appendChunkSize(out, piece.size());
  out.append(piece).append("\r\n");
}

std::string_view HTTPBodyWriter::frame(std::string& before, std::uint64_t pieceSize) {
  count(pieceSize);
  if (kind_ != Kind::kChunked || pieceSize == 0) return {};
  appendChunkSize(before, pieceSize);
  return "\r\n";
}

void HTTPBodyWriter::endBody() {
  if (finished_) throw LocalProtocolError("a body was ended twice");
  if (left_ > 0 && !toHead_) {
    throw LocalProtocolError("the body is shorter than its Content-Length, by " + bytes(left_));
  }
  finished_ = true;
}

void HTTPBodyWriter::finish(std::string& out) {
  endBody();
  if (kind_ == Kind::kChunked && !toHead_) out.append("0\r\n\r\n");
}

void HTTPBodyWriter::finish(std::string& out, const Headers& trailers) {
  if (trailers.empty()) return finish(out);
  checkTrailers(trailers);
  if (kind_ != Kind::kChunked) {
    throw LocalProtocolError("trailers behind a body that is not chunked");
  }
  endBody();
  if (toHead_) return;
  out.append("0\r\n");
  trailers.appendTo(out);
  out.append("\r\n");
}

}  // namespace couplet
