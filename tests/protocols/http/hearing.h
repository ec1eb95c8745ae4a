// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a parser of HTTP messages tells, in words that do not depend on how the bytes were cut.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/protocols/http/request_parser.h>
#include <couplet/protocols/http/response_parser.h>
#include <couplet/protocols/testing/every_cut.h>

namespace couplet {

inline std::string describe(std::span<const HeaderField> fields) {
  std::string text;
  for (const HeaderField& field : fields) {
    text.append(" [").append(field.name).append(": ").append(field.value).append("]");
  }
  return text;
}

inline std::string describe(const HTTPRefusal& refusal) {
  return "refused " + std::to_string(refusal.status) + ": " + refusal.why;
}

inline std::string describeFraming(const MessageHead& head) {
  std::string text;
  if (head.contentLength) text += " length=" + std::to_string(*head.contentLength);
  if (head.chunked) text += " chunked";
  if (!head.keepAlive) text += " close";
  if (head.upgrade) text += " upgrade";
  return text;
}

inline std::string describe(const RequestHead& head) {
  std::string text = "head ";
  text.append(head.method).append(" ").append(head.target);
  text.append(" host=").append(head.host);
  text += describeFraming(head);
  if (head.expectsContinue) text += " expects";
  if (head.version == HTTPVersion::kHTTP10) text += " 1.0";
  return text + describe(head.fields);
}

/// Adds a piece of a body to what was heard: one entry for a body, however it was cut.
inline void hearBody(std::vector<std::string>& heard, std::string_view piece) {
  if (heard.empty() || !heard.back().starts_with("body ")) heard.push_back("body ");
  heard.back().append(piece);
}

inline std::string describe(const ResponseHead& head) {
  std::string text = head.interim() && head.status != 101 ? "interim " : "head ";
  text += std::to_string(head.status);
  if (!head.reason.empty()) text.append(" ").append(head.reason);
  text += describeFraming(head);
  if (head.version == HTTPVersion::kHTTP10) text += " 1.0";
  return text + describe(head.fields);
}

/// A parser, and what it has told so far.
template <class Parser>
class Listener {
 public:
  explicit Listener(HTTPLimits limits = {}) : limits_(limits) {}

  void receive(std::string_view bytes) {
    while (hear(parser.next(bytes))) {
    }
    left = bytes;
  }

  void inputEnded() { hear(parser.inputEnded()); }

 private:
  HTTPLimits limits_;
  HTTPHeadTable table_;

 public:
  Parser parser{limits_, table_};
  std::vector<std::string> heard;
  std::string left;  // of what was received last

 private:
  /// False when there is no more to hear of what was received.
  bool hear(HTTPEvent event) {
    switch (event) {
      case HTTPEvent::kInterim:
      case HTTPEvent::kHead:
        heard.push_back(describe(parser.head()));
        return true;
      case HTTPEvent::kBody:
        hearBody(heard, parser.body());
        return true;
      case HTTPEvent::kTrailers:
        heard.push_back("trailers" + describe(parser.trailers()));
        return true;
      case HTTPEvent::kEnd:
        heard.push_back("end");
        return true;
      case HTTPEvent::kRefused:
        hearOnce(describe(*parser.refused()));
        return false;
      case HTTPEvent::kHandedOver:
        hearOnce("handed over");
        return false;
      case HTTPEvent::kNeedMore:
        return false;
    }
    return false;
  }

  void hearOnce(const std::string& event) {
    if (heard.empty() || heard.back() != event) heard.push_back(event);
  }
};

using RequestListener = Listener<HTTPRequestParser>;
using ResponseListener = Listener<HTTPResponseParser>;

/// What is heard of requests that come in these pieces.
inline std::vector<std::string> hearRequests(const testing::Chunks& chunks,
                                             HTTPLimits limits = {}) {
  RequestListener listener(limits);
  for (const std::string_view chunk : chunks) listener.receive(chunk);
  return listener.heard;
}

/// What is heard of the response to `request` that comes in these pieces, and then the end of
/// input; last whether the connection may be used again before that.
inline std::vector<std::string> hearResponse(const testing::Chunks& chunks,
                                             const HTTPResponseParser::Request& request = {},
                                             HTTPLimits limits = {}) {
  ResponseListener listener(limits);
  listener.parser.expectResponse(request);
  for (const std::string_view chunk : chunks) listener.receive(chunk);
  const bool reusable = listener.parser.reusable();
  if (!reusable) listener.inputEnded();
  if (reusable) listener.heard.push_back("reusable");
  return listener.heard;
}

}  // namespace couplet
