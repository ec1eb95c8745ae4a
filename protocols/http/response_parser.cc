// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/response_parser.h>

#include <couplet/protocols/http/detail/body_reader.h>
#include <couplet/protocols/http/detail/framing.h>
#include <couplet/protocols/http/detail/head_reader.h>
#include <couplet/protocols/http/detail/head_table.h>
#include <couplet/protocols/http/detail/refusals.h>
#include <couplet/protocols/http/detail/version.h>

namespace couplet {

namespace {

using detail::FramingFields;
using detail::HeadTable;
using detail::Scanner;

/// The head of a response: RFC 9112 sections 4 and 5.
class ResponseSection {
 public:
  static constexpr bool kHasFirstLine = true;
  static constexpr bool kTakesEmptyLine = false;
  static constexpr bool kTakesBareLF = true;  // 2.2
  static constexpr bool kTakesFolds = true;   // 5.2: a user agent makes spaces of them
  static constexpr const HTTPRefusal& kFirstLineTooLong = detail::kStatusLineTooLong;
  static constexpr const HTTPRefusal& kTooLarge = detail::kHeadTooLarge;

  ResponseSection(const HTTPLimits& limits, HeadTable& table) noexcept
      : limits_(limits), table_(table) {}

  detail::SectionLimits limits() const noexcept {
    return {limits_.firstLine, limits_.head, limits_.headerCount};
  }

  HeaderField* begin() const {
    table_.framing = {};
    return table_.reserve(limits_.headerCount);
  }

  const char* ordinaryFirstLine(Scanner, const char*, const char*) const noexcept {
    return nullptr;
  }
  const HTTPRefusal* firstLine(Scanner, const char* begin, const char* end) const noexcept;

  void field(const HeaderField& field) const noexcept {
    detail::collectFraming(table_.framing, field);
  }

  const HTTPRefusal* whole(Scanner, std::string_view lines,
                           std::span<const HeaderField> fields) const noexcept;
  std::string& unfolded() const noexcept { return table_.unfolded; }

 private:
  ResponseHead& head() const noexcept { return table_.response; }
  const HTTPRefusal* readFraming() const noexcept;

  const HTTPLimits& limits_;
  HeadTable& table_;
};

/// RFC 9112 4: HTTP-version SP status-code SP [ reason-phrase ], where the last SP may be missing.
const HTTPRefusal* ResponseSection::firstLine(Scanner, const char* begin,
                                              const char* end) const noexcept {
  constexpr std::size_t kVersionSize = 8;
  constexpr std::size_t kStatusEnd = kVersionSize + 4;
  const std::string_view line(begin, end);
  if (const auto* why = detail::readVersion(line.substr(0, kVersionSize), head().version)) {
    return why;
  }
  if (line.size() < kStatusEnd || line[kVersionSize] != ' ') return &detail::kBadStatusLine;
  if (line.size() > kStatusEnd && line[kStatusEnd] != ' ') return &detail::kBadStatusLine;
  const std::string_view status = line.substr(kVersionSize + 1, 3);
  if (!detail::allOf(status, detail::ByteClass::kDigit) || status[0] == '0') {
    return &detail::kBadStatusLine;
  }
  head().status = 100 * (status[0] - '0') + 10 * (status[1] - '0') + (status[2] - '0');
  head().reason = line.size() > kStatusEnd ? line.substr(kStatusEnd + 1) : std::string_view();
  return nullptr;
}

/// RFC 9112 6.3, what does not depend on the request.
const HTTPRefusal* ResponseSection::readFraming() const noexcept {
  const FramingFields& framing = table_.framing;
  head().chunked = framing.codings > 0;
  head().contentLength.reset();
  if (framing.lengths > 0) {
    if (framing.lengthIs == FramingFields::Length::kBad) return &detail::kBadLength;
    if (framing.lengthIs == FramingFields::Length::kTooLarge) return &detail::kLengthTooLarge;
    if (framing.lengthsDiffer) return &detail::kManyLengths;  // step 5
    if (!head().chunked) head().contentLength = framing.length;
  }
  return head().chunked ? detail::refusalOfCodings(framing, head().version) : nullptr;  // step 4
}

const HTTPRefusal* ResponseSection::whole(Scanner, std::string_view lines,
                                          std::span<const HeaderField> fields) const noexcept {
  head().fieldLines = lines;
  head().fields = fields;
  detail::judgeConnection(head(), table_.framing);
  return readFraming();
}

/// Whether others may think that the message ends elsewhere.
bool isDoubtful(const FramingFields& framing, const ResponseHead& head) noexcept {
  const bool framesNothing = head.status == 204 && (head.chunked || framing.length > 0);
  return framesNothing || framing.lengths > 1 || (framing.codings > 0 && framing.lengths > 0);
}

}  // namespace

HTTPResponseParser::HTTPResponseParser(const HTTPLimits& limits, HTTPHeadTable& table) noexcept
    : limits_(limits), table_(table.layout()) {}

const ResponseHead& HTTPResponseParser::head() const noexcept { return table_.response; }
std::string_view HTTPResponseParser::body() const noexcept { return table_.body; }

std::span<const HeaderField> HTTPResponseParser::trailers() const noexcept {
  return table_.trailers;
}

void HTTPResponseParser::expectResponse(const Request& request) noexcept {
  isHead_ = request.method == "HEAD";
  isConnect_ = request.method == "CONNECT";
  offersUpgrade_ = request.offersUpgrade;
  begun_ = false;
  state_ = State::kHead;
}

HTTPEvent HTTPResponseParser::next(std::string_view& bytes) {
  detail::HeadReader::forget(unfinishedHead_);
  switch (state_) {
    case State::kHead:
      return nextHead(bytes);
    case State::kBody:
      return nextOfBody(bytes);
    case State::kOver:
      return bytes.empty() ? HTTPEvent::kNeedMore : refuse(detail::kUnaskedBytes, bytes);
    case State::kHandedOver:
      return HTTPEvent::kHandedOver;
    case State::kRefused:
      break;
  }
  bytes.remove_prefix(bytes.size());
  return HTTPEvent::kRefused;
}

HTTPEvent HTTPResponseParser::nextHead(std::string_view& bytes) {
  begun_ |= !bytes.empty();
  ResponseSection section(limits_, table_);
  const detail::Reading reading = detail::HeadReader(unfinishedHead_).read(bytes, section);
  if (reading.outcome == detail::Reading::kNeedMore) return HTTPEvent::kNeedMore;
  if (reading.outcome == detail::Reading::kRefused) return refuse(*reading.refusal, bytes);
  const int status = table_.response.status;
  if (status == 101 && !offersUpgrade_) return refuse(detail::kUnaskedSwitch, bytes);
  if (status != 101 && table_.response.interim()) return HTTPEvent::kInterim;
  return beginBody();
}

/// RFC 9112 6.3: what of the message is the body.
HTTPEvent HTTPResponseParser::beginBody() noexcept {
  const ResponseHead& head = table_.response;
  const bool opened = isConnect_ && head.status / 100 == 2;  // step 2
  if (opened || head.status == 101) {
    state_ = State::kHandedOver;
    return HTTPEvent::kHead;
  }
  const bool bodiless = isHead_ || head.status == 204 || head.status == 304;   // step 1
  detail::BodyFraming framing = detail::BodyFraming::kUntilClose;              // step 8
  if (head.chunked) framing = detail::BodyFraming::kChunked;                   // steps 3 and 4
  if (bodiless || head.contentLength) framing = detail::BodyFraming::kLength;  // step 6
  detail::beginBody(unfinishedBody_, framing, bodiless ? 0 : head.contentLength.value_or(0),
                    limits_);
  keeps_ = head.keepAlive && framing != detail::BodyFraming::kUntilClose &&
           !isDoubtful(table_.framing, head);
  state_ = State::kBody;
  return HTTPEvent::kHead;
}

HTTPEvent HTTPResponseParser::nextOfBody(std::string_view& bytes) {
  detail::BodyReader body(unfinishedBody_, unfinishedHead_, limits_, table_);
  const HTTPEvent event = body.next(bytes);
  if (event == HTTPEvent::kEnd) state_ = State::kOver;
  return event == HTTPEvent::kRefused ? refuse(*body.refused(), bytes) : event;
}

HTTPEvent HTTPResponseParser::inputEnded() noexcept {
  if (state_ == State::kRefused) return HTTPEvent::kRefused;
  if (state_ == State::kHandedOver) return HTTPEvent::kHandedOver;
  const bool atEnd =
      state_ == State::kBody && unfinishedBody_.framing == detail::BodyFraming::kUntilClose;
  std::string_view nothing;
  if (state_ == State::kBody && !atEnd) return refuse(detail::kBodyCutShort, nothing);
  if (state_ == State::kHead) {
    return refuse(begun_ ? detail::kHeadCutShort : detail::kNoResponse, nothing);
  }
  keeps_ = false;
  state_ = State::kOver;
  return HTTPEvent::kEnd;
}

HTTPEvent HTTPResponseParser::refuse(const HTTPRefusal& why, std::string_view& bytes) noexcept {
  bytes.remove_prefix(bytes.size());
  unfinishedHead_ = {};
  refused_ = &why;
  state_ = State::kRefused;
  return HTTPEvent::kRefused;
}

}  // namespace couplet
