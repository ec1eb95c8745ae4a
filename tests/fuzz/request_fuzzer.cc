// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// HTTPRequestParser. The input is `settings|cuts|bytes of the client`.
#include <couplet/protocols/http/request_parser.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <couplet/protocols/http/serializer.h>

#include "http_listener.h"
#include "http_model.h"
#include "http_settings.h"
#include "http_words.h"
#include "require.h"

namespace couplet::fuzz {
namespace {

bool isNamed(const HeaderField& field, std::string_view name) {
  return sameIgnoringCase(field.name, name);
}

bool isVisible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

/// What no request may be, whatever else it says.
void requireSound(const RequestHead& head) {
  const auto count = [&](std::string_view name) {
    return std::count_if(head.fields.begin(), head.fields.end(),
                         [&](const HeaderField& field) { return isNamed(field, name); });
  };
  const std::string_view breaks("\r\n\0", 3);
  for (const HeaderField& field : head.fields) {
    require(field.name.find_first_of(breaks) == field.name.npos, "a name does not end its line");
    require(field.value.find_first_of(breaks) == field.value.npos, "nor does a value");
    require(!field.name.empty() && isVisible(field.name), "a name is visible");
    require(field.name.find_first_of(":,;()[]{}<>@\"/\\?=") == field.name.npos, "and a token");
    require(field.value == field.value.substr(0, field.value.find_last_not_of(" \t") + 1),
            "a value has no spaces around it");
  }
  const bool http11 = head.version == HTTPVersion::kHTTP11;
  require(count("Host") <= 1 && (count("Host") == 1 || !http11), "there is one Host");
  require(count("Content-Length") + count("Transfer-Encoding") <= 1, "there is one end of a body");
  require(head.chunked == (count("Transfer-Encoding") == 1), "chunks are announced");
  require(head.contentLength.has_value() == (count("Content-Length") == 1), "so is a length");
  require(!head.target.empty() && isVisible(head.target), "a target is visible");
  require(head.target.find('#') == head.target.npos, "a target has no fragment");
  require(isVisible(head.method) && !head.method.empty(), "a method is visible");
}

/// What is taken can be sent, and is the same when it is read again.
void requireSendable(const RequestHead& head) {
  if (head.version != HTTPVersion::kHTTP11) return;
  Headers headers;
  for (const HeaderField& field : head.fields) headers.add(field.name, field.value);
  std::string written;
  writeRequestHead(written, std::string(head.method), std::string(head.target), headers);
  HTTPLimits limits;
  limits.headerCount = headers.size();
  HTTPHeadTable table;
  HTTPRequestParser parser(limits, table);
  std::string_view rest = written;
  require(parser.next(rest) == HTTPEvent::kHead && rest.empty(), "what is written is a head");
  require(describe(parser.head()) == describe(head), "and it is the same");
}

class StrictListener : public RequestListener {
 public:
  using RequestListener::RequestListener;

 private:
  void headCame() override {
    requireSound(parser().head());
    requireSendable(parser().head());
    RequestListener::headCame();
  }
};

}  // namespace
}  // namespace couplet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace couplet::fuzz;
  std::string_view wire(reinterpret_cast<const char*>(data), size);
  const HTTPSettings settings = parseSettings(takeField(wire));
  const std::string_view cuts = takeField(wire);
  requireHeardEachWay<StrictListener>(modelRequests(wire, settings), wire, cuts, settings);
  return 0;
}
