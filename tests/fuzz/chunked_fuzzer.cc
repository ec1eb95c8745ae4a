// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A chunked body, of a request and of a response. The input is `settings|cuts|the body`.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/protocols/http/body_writer.h>
#include <couplet/protocols/http/request_parser.h>
#include <couplet/protocols/http/response_parser.h>

#include "http_listener.h"
#include "http_model.h"
#include "http_settings.h"
#include "http_words.h"
#include "require.h"

namespace couplet::fuzz {
namespace {

constexpr std::string_view kRequest =
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr std::string_view kResponse = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/// The heads are within the limits.
HTTPSettings bodySettings(std::string_view text) {
  HTTPSettings settings = parseSettings(text);
  settings.limits.head = settings.limits.firstLine = 100;
  settings.limits.headerCount = std::max<std::size_t>(settings.limits.headerCount, 2);
  return settings;
}

/// What is heard behind the head: of a body that is not whole, with how it stopped.
Heard behindHead(const Heard& heard) { return Heard(heard.begin() + 1, heard.end()); }

template <class Listener, class... Settings>
Heard hear(const std::string& wire, std::string_view cuts, const Settings&... settings) {
  Listener listener(settings...);
  listener.give(wire, cuts);
  const Heard heard = listener.finish();
  requireHeardEachWay<Listener>(heard, wire, cuts, settings...);
  return behindHead(heard);
}

/// As `body` is heard in a message that has nothing behind it.
void requireBody(const ChunkedBody& body, Heard heard, const char* last, const char* how) {
  Heard expected = body.heard;
  if (body.outcome == ChunkedBody::kWhole) expected.insert(expected.end(), {kEnded, last});
  if (body.outcome == ChunkedBody::kIncomplete) expected.emplace_back(kCutShort);
  if (body.outcome == ChunkedBody::kRefused) {
    require(!heard.empty() && heard.back().starts_with("refused"), "what is no body is refused");
    heard.pop_back();
  }
  requireHeard(heard, expected, how);
}

void requireBothWays(const ChunkedBody& body, std::string_view wire, std::string_view cuts,
                     const HTTPSettings& settings) {
  const std::vector<HTTPResponseParser::Request> requests(1);
  requireBody(body, hear<RequestListener>(std::string(kRequest).append(wire), cuts, settings),
              kInputEnded, "of a request");
  requireBody(body,
              hear<ResponseListener>(std::string(kResponse).append(wire), cuts, settings, requests),
              kReusable, "of a response");
}

/// The bytes of a body that was heard.
std::string_view bytesOf(const Heard& heard) {
  const bool some = !heard.empty() && heard.front().starts_with("body ");
  return some ? std::string_view(heard.front()).substr(5) : std::string_view();
}

/// Writes the same bytes in pieces of our own.
std::string writeAgain(std::string_view bytes, std::string_view cuts) {
  HTTPBodyWriter writer = HTTPBodyWriter::forRequest({{"Transfer-Encoding", "chunked"}});
  Script script(cuts);
  std::string written;
  while (!bytes.empty()) {
    const std::size_t size = script.ended() ? bytes.size() : script.number();
    const std::string_view piece = bytes.substr(0, size);
    if (size % 2 == 0) {
      writer.write(written, piece);
    } else {
      const std::string_view behind = writer.frame(written, piece.size());
      written.append(piece).append(behind);
    }
    bytes.remove_prefix(piece.size());
  }
  writer.finish(written);
  return written;
}

}  // namespace
}  // namespace couplet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace couplet::fuzz;
  std::string_view wire(reinterpret_cast<const char*>(data), size);
  const HTTPSettings settings = bodySettings(takeField(wire));
  const std::string_view cuts = takeField(wire);
  const ChunkedBody body = modelChunks(wire, settings);
  const bool whole = body.outcome == ChunkedBody::kWhole;
  requireBothWays(body, whole ? wire.substr(0, body.size) : wire, cuts, settings);
  if (!whole) return 0;
  HTTPSettings roomy = settings;
  roomy.limits.chunkLine = 100;
  const std::string written = writeAgain(bytesOf(body.heard), cuts);
  const ChunkedBody again = modelChunks(written, roomy);
  require(again.outcome == ChunkedBody::kWhole && again.size == written.size(),
          "what is written is a body");
  require(bytesOf(again.heard) == bytesOf(body.heard), "and it is the same");
  requireBothWays(again, written, cuts, roomy);
  return 0;
}
