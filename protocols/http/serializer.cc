// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/serializer.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <couplet/protocols/http/detail/framing.h>
#include <couplet/protocols/http/detail/grammar.h>
#include <couplet/protocols/http/detail/request_target.h>
#include <couplet/protocols/http/detail/scan.h>

namespace couplet {

namespace {

using detail::ByteClass;

constexpr std::size_t kShortReason = 40;  // all that are registered are

/// RFC 9112 3. What the parser of requests refuses is not sent, for the same reasons.
void checkRequestLine(std::string_view method, std::string_view target) {
  if (!detail::isHTTPToken(method)) throw std::invalid_argument("the method is no token");
  if (target.empty() || !detail::allOf(target, ByteClass::kTarget)) {
    throw std::invalid_argument(
        "the target is empty, has a fragment, or a byte that must be percent-encoded");
  }
  RequestHead head{};
  head.method = method;
  head.target = target;
  if (const HTTPRefusal* why = detail::readTarget(head)) throw std::invalid_argument(why->why);
}

/// RFC 9112 3.2.
void checkHost(const Headers& headers) {
  detail::FramingFields fields;
  for (const HeaderField field : headers) detail::collectFraming(fields, field);
  if (fields.hosts != 1) throw std::invalid_argument("a request has exactly one Host");
  if (!detail::isAuthority(fields.host)) {
    throw std::invalid_argument("the Host is not a host or HOST:PORT");
  }
}

bool isFieldText(std::string_view text) {
  return detail::hasNone<detail::TextEnd>(text) || detail::allOf(text, ByteClass::kFieldText);
}

/// RFC 9112 4.
void checkStatus(const HTTPStatus& status) {
  if (status.code < 100 || status.code > 999) {
    throw std::invalid_argument("status " + std::to_string(status.code) +
                                " is not of three digits");
  }
  if (!isFieldText(status.reason)) {
    throw std::invalid_argument("the reason of status " + std::to_string(status.code) +
                                " has a control byte in it");
  }
}

char* copyTo(char* end, std::string_view text) { return std::copy(text.begin(), text.end(), end); }

/// The status line, and the field that frames the body where one is added.
void appendBegin(std::string& out, const HTTPStatus& status, const AddedFields& added) {
  char text[128];  // enough for all but the reason
  char* end = copyTo(text, "HTTP/1.1 ");
  *end++ = static_cast<char>('0' + status.code / 100);
  *end++ = static_cast<char>('0' + status.code / 10 % 10);
  *end++ = static_cast<char>('0' + status.code % 10);
  *end++ = ' ';
  if (status.reason.size() <= kShortReason) {
    end = copyTo(end, status.reason);
  } else {
    out.append(text, end).append(status.reason);
    end = text;
  }
  end = copyTo(end, "\r\n");
  if (added.contentLength) {
    end = copyTo(end, "Content-Length: ");
    end = copyTo(std::to_chars(end, end + 20, *added.contentLength).ptr, "\r\n");
  }
  if (added.chunked) end = copyTo(end, "Transfer-Encoding: chunked\r\n");
  out.append(text, end);
}

}  // namespace

HTTPBodyWriter writeRequestHead(std::string& out, std::string_view method, std::string_view target,
                                const Headers& headers) {
  checkRequestLine(method, target);
  checkHost(headers);
  const HTTPBodyWriter body = HTTPBodyWriter::forRequest(headers);
  out.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
  headers.appendTo(out);
  out.append("\r\n");
  return body;
}

HTTPBodyWriter writeResponseHead(std::string& out, const HTTPStatus& status, const Headers& headers,
                                 const AnsweredRequest& answered, const AddedFields& added) {
  checkStatus(status);
  const HTTPBodyWriter body = HTTPBodyWriter::forResponse(status.code, headers, answered, added);
  appendBegin(out, status, added);
  out.append(added.lines);
  headers.appendTo(out);
  out.append("\r\n", 2);
  return body;
}

}  // namespace couplet
