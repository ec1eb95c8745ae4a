// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/detail/client_request.h>

#include <algorithm>
#include <utility>

#include <couplet/protocols/http/errors.h>
#include <couplet/protocols/http/serializer.h>
#include <couplet/reactor/producer.h>

namespace couplet::detail {

namespace {

/// Bodies up to this go with their head.
constexpr std::size_t kShortBody = Producer::kHighMark;

/// RFC 9110 8.6: a Content-Length is expected with these even where it is 0.
bool carriesContent(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

/// Where the headers do not say how the body ends.
void frameBody(Headers& headers, const AskedRequest& asked) {
  if (headers.has("Content-Length") || headers.has("Transfer-Encoding")) return;
  if (asked.body.producer()) {
    headers.add("Transfer-Encoding", "chunked");
  } else if (asked.body.bytes() || carriesContent(asked.method)) {
    const std::size_t size = asked.body.bytes() ? asked.body.bytes()->size() : 0;
    headers.add("Content-Length", std::to_string(size));
  }
}

/// Sends a long body no faster than the server takes it.
BodyProducer inPieces(std::shared_ptr<const std::string> bytes) {
  return [bytes = std::move(bytes)](OutgoingBody& out) -> Deferred<void> {
    for (std::size_t sent = 0; sent < bytes->size(); sent += kShortBody) {
      co_await out.write(std::string_view(*bytes).substr(sent, kShortBody));
    }
  };
}

}  // namespace

ClientRequest toClientRequest(const AskedRequest& asked, const std::string& target,
                              const Headers& added) {
  if (asked.method == "TRACE" && !asked.body.empty()) {
    throw LocalProtocolError("a TRACE has no body");  // RFC 9110 9.3.8
  }
  Headers headers = asked.headers;
  for (const HeaderField field : added) {
    if (!headers.has(field.name)) headers.add(field.name, field.value);
  }
  frameBody(headers, asked);
  std::string bytes;
  HTTPBodyWriter writer = writeRequestHead(bytes, asked.method, target, headers);
  BodyProducer producer = asked.body.producer();
  const auto& body = asked.body.bytes();
  if (body && body->size() > kShortBody) {
    if (writer.left().value_or(body->size()) != body->size()) {
      throw LocalProtocolError("the body is not as long as its Content-Length");
    }
    producer = inPieces(body);
  } else if (!producer) {
    if (body) writer.write(bytes, *body);
    writer.finish(bytes);
  }
  return {.method = asked.method,
          .url = asked.url.toString(),
          .bytes = std::move(bytes),
          .producer = std::move(producer),
          .writer = writer,
          .isLast = headers.hasElement("Connection", "close")};
}

bool isIdempotent(std::string_view method) noexcept {
  constexpr std::string_view kIdempotent[] = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"};
  return std::find(std::begin(kIdempotent), std::end(kIdempotent), method) != std::end(kIdempotent);
}

}  // namespace couplet::detail
