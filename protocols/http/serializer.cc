// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/serializer.h>

#include <charconv>
#include <stdexcept>

#include <couplet/protocols/http/detail/copy_text.h>
#include <couplet/protocols/http/detail/framing.h>
#include <couplet/protocols/http/detail/grammar.h>
#include <couplet/protocols/http/detail/request_target.h>
#include <couplet/protocols/http/detail/scan.h>
#include <couplet/protocols/http/detail/sent_fields.h>

namespace couplet {

namespace {

using detail::ByteClass;
using detail::copyText;

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

/// So many bytes are enough for what is written here but for the parts that it is given.
constexpr std::size_t kMostOfHead = 128;

char* writeStatusLine(char* end, const HTTPStatus& status) noexcept {
  end = copyText(end, "HTTP/1.1 ");
  *end++ = static_cast<char>('0' + status.code / 100);
  *end++ = static_cast<char>('0' + status.code / 10 % 10);
  *end++ = static_cast<char>('0' + status.code % 10);
  *end++ = ' ';
  return copyText(copyText(end, status.reason), "\r\n");
}

char* writeFraming(char* end, const AddedFields& added) noexcept {
  if (added.contentLength) {
    end = copyText(end, "Content-Length: ");
    end = copyText(std::to_chars(end, end + 20, *added.contentLength).ptr, "\r\n");
  }
  return added.chunked ? copyText(end, "Transfer-Encoding: chunked\r\n") : end;
}

char* writeConnection(char* end, std::string_view value) noexcept {
  if (value.empty()) return end;
  return copyText(copyText(copyText(end, "Connection: "), value), "\r\n");
}

void appendFields(std::string& out, const Headers& headers, unsigned dropped) {
  for (const HeaderField field : headers) {
    if ((detail::sentField(field.name) & dropped) != 0) continue;
    out.append(field.name).append(": ", 2).append(field.value).append("\r\n", 2);
  }
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
  const bool ok = status.code == 200 && status.reason == "OK";
  if (!ok) checkStatus(status);
  const unsigned present = detail::SentFields::of(headers);
  const HTTPBodyWriter body =
      HTTPBodyWriter::forResponse(status.code, headers, present, answered, added);
  const unsigned dropped = detail::droppedFields(added);
  const std::optional<std::string_view> lines =
      (present & dropped) == 0 ? headers.asLines() : std::nullopt;
  const std::size_t before = out.size();
  out.resize(before + kMostOfHead + status.reason.size() + added.lines.size() +
             added.connection.size() + (lines ? lines->size() : 0));
  char* end = out.data() + before;
  end = ok ? copyText(end, "HTTP/1.1 200 OK\r\n") : writeStatusLine(end, status);
  if (detail::addsFraming(added, present)) end = writeFraming(end, added);
  end = writeConnection(copyText(end, added.lines), added.connection);
  if (lines) end = copyText(copyText(end, *lines), "\r\n");
  out.resize(static_cast<std::size_t>(end - out.data()));
  if (!lines) {
    appendFields(out, headers, dropped);
    out.append("\r\n", 2);
  }
  return body;
}

}  // namespace couplet
