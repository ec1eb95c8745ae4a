// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/request_parser.h>

#include <cstring>

#include <couplet/protocols/http/detail/body_reader.h>
#include <couplet/protocols/http/detail/framing.h>
#include <couplet/protocols/http/detail/grammar.h>
#include <couplet/protocols/http/detail/head_reader.h>
#include <couplet/protocols/http/detail/head_table.h>
#include <couplet/protocols/http/detail/refusals.h>
#include <couplet/protocols/http/detail/request_target.h>
#include <couplet/protocols/http/detail/version.h>

namespace couplet {

namespace {

using detail::FramingFields;
using detail::HeadTable;
using detail::Scanner;

/// The head of a request: RFC 9112 sections 3 and 5.
class RequestSection {
 public:
  static constexpr bool kHasFirstLine = true;
  static constexpr bool kTakesEmptyLine = true;  // 2.2: one who is robust takes at least one
  static constexpr bool kTakesBareLF = false;
  static constexpr bool kTakesFolds = false;
  static constexpr const HTTPRefusal& kFirstLineTooLong = detail::kFirstLineTooLong;
  static constexpr const HTTPRefusal& kTooLarge = detail::kHeadTooLarge;

  RequestSection(const HTTPLimits& limits, HeadTable& table) noexcept
      : limits_(limits), table_(table), head_(table.request) {}

  detail::SectionLimits limits() const noexcept {
    return {limits_.firstLine, limits_.head, limits_.headerCount};
  }

  HeaderField* begin() const {
    table_.framing = {};
    return table_.reserve(limits_.headerCount);
  }

  const char* ordinaryFirstLine(const Scanner& scanner, const char* line,
                                const char* most) const noexcept;
  const HTTPRefusal* firstLine(const Scanner& scanner, const char* begin, const char* end) const;

  void field(const HeaderField& field) const noexcept {
    detail::collectFraming(table_.framing, field);
  }

  const HTTPRefusal* whole(const Scanner& scanner, std::string_view lines,
                           std::span<const HeaderField> fields) const;
  std::string& unfolded() const noexcept { return table_.unfolded; }

 private:
  const HTTPRefusal* readFraming() const noexcept;
  const HTTPRefusal* readHost(const Scanner& scanner) const noexcept;

  const HTTPLimits& limits_;
  HeadTable& table_;
  RequestHead& head_;
};

/// Of a plain method, a path, and HTTP/1.1 or 1.0.
inline const char* RequestSection::ordinaryFirstLine(const Scanner& scanner, const char* line,
                                                     const char* most) const noexcept {
  constexpr std::ptrdiff_t kRest = 11;  // bytes of " HTTP/1.1\r\n"
  const bool get = std::memcmp(line, "GET ", 4) == 0;
  const char* const methodEnd = get ? line + 3 : scanner.find<detail::PlainEnd>(line);
  if (most - methodEnd < kRest || methodEnd == line) return nullptr;
  if (methodEnd[0] != ' ' || methodEnd[1] != '/') return nullptr;
  const char* const target = methodEnd + 1;
  const char* const targetEnd = scanner.find<detail::TargetEnd>(target);
  if (most - targetEnd < kRest || std::memcmp(targetEnd, " HTTP/1.", 8) != 0) return nullptr;
  if ((targetEnd[8] & ~1) != '0' || !detail::isCRLF(targetEnd + 9)) return nullptr;
  head_.method = {line, methodEnd};
  if (head_.method == "CONNECT") return nullptr;
  head_.target = head_.pathAndQuery = {target, targetEnd};
  head_.version = targetEnd[8] == '1' ? HTTPVersion::kHTTP11 : HTTPVersion::kHTTP10;
  head_.form = TargetForm::kOrigin;
  return targetEnd + kRest;
}

const HTTPRefusal* RequestSection::firstLine(const Scanner& scanner, const char* begin,
                                             const char* end) const {
  const char* methodEnd = scanner.find<detail::PlainEnd>(begin);
  while (detail::isOf(*methodEnd, detail::ByteClass::kToken)) ++methodEnd;
  if (methodEnd == end) return &detail::kBadRequestLine;
  if (methodEnd == begin || *methodEnd != ' ') return &detail::kBadMethod;
  const char* const target = methodEnd + 1;
  const char* const targetEnd = scanner.find<detail::TargetEnd>(target);
  if (targetEnd == target || targetEnd == end) return &detail::kBadRequestLine;
  if (*targetEnd != ' ') return &detail::kBadTargetByte;
  head_.method = {begin, methodEnd};
  head_.target = {target, targetEnd};
  if (const auto* why = detail::readVersion({targetEnd + 1, end}, head_.version)) return why;
  return detail::readTarget(head_);
}

/// RFC 9112 3.2: exactly one Host, and a good one; on HTTP/1.0 there may be none.
const HTTPRefusal* RequestSection::readHost(const Scanner& scanner) const noexcept {
  const FramingFields& framing = table_.framing;
  const bool optional = head_.version == HTTPVersion::kHTTP10;
  if (framing.hosts > 1) return &detail::kManyHosts;
  if (framing.hosts == 0 && !optional) return &detail::kNoHost;
  const bool mayBeEmpty = optional && framing.host.empty();
  if (!mayBeEmpty && !detail::isAuthority(scanner, framing.host)) return &detail::kBadHost;
  if (head_.form == TargetForm::kOrigin || head_.form == TargetForm::kAsterisk) {
    head_.host = framing.host;
  }
  return nullptr;
}

/// RFC 9112 6.3, for requests.
const HTTPRefusal* RequestSection::readFraming() const noexcept {
  const FramingFields& framing = table_.framing;
  head_.chunked = framing.codings > 0;
  head_.contentLength.reset();
  if (framing.codings > 0) {
    if (framing.lengths > 0) return &detail::kLengthAndCoding;  // step 3
    return detail::refusalOfCodings(framing, head_.version);    // step 4
  }
  if (framing.lengths == 0) return nullptr;               // step 7
  if (framing.lengths > 1) return &detail::kManyLengths;  // step 5
  if (framing.lengthIs == FramingFields::Length::kBad) return &detail::kBadLength;
  if (framing.lengthIs == FramingFields::Length::kTooLarge) return &detail::kLengthTooLarge;
  head_.contentLength = framing.length;  // step 6
  return nullptr;
}

const HTTPRefusal* RequestSection::whole(const Scanner& scanner, std::string_view lines,
                                         std::span<const HeaderField> fields) const {
  detail::completeHead(head_, table_.framing, lines, fields);
  if (const auto* why = readHost(scanner)) return why;
  if (const auto* why = readFraming()) return why;
  head_.expectsContinue =
      head_.version == HTTPVersion::kHTTP11 && table_.framing.expectsContinue && head_.hasBody();
  return nullptr;
}

}  // namespace

HTTPRequestParser::HTTPRequestParser(const HTTPLimits& limits, HTTPHeadTable& table) noexcept
    : limits_(limits), table_(table.layout()) {}

const RequestHead& HTTPRequestParser::head() const noexcept { return table_.request; }
std::string_view HTTPRequestParser::body() const noexcept { return table_.body; }

std::span<const HeaderField> HTTPRequestParser::trailers() const noexcept {
  return table_.trailers;
}

HTTPEvent HTTPRequestParser::next(std::string_view& bytes) {
  detail::HeadReader::forget(unfinishedHead_);
  switch (state_) {
    case State::kHead:
      return nextHead(bytes);
    case State::kBody:
      if (!detail::isOver(unfinishedBody_)) return nextOfBody(bytes);
      state_ = State::kHead;
      return HTTPEvent::kEnd;
    case State::kHandedOver:
      return HTTPEvent::kHandedOver;
    case State::kRefused:
      break;
  }
  bytes.remove_prefix(bytes.size());
  return HTTPEvent::kRefused;
}

HTTPEvent HTTPRequestParser::nextHead(std::string_view& bytes) {
  RequestSection section(limits_, table_);
  const detail::Reading reading = detail::HeadReader(unfinishedHead_).read(bytes, section);
  if (reading.outcome == detail::Reading::kNeedMore) return HTTPEvent::kNeedMore;
  if (reading.outcome == detail::Reading::kRefused) return refuse(*reading.refusal, bytes);
  const RequestHead& head = table_.request;
  detail::beginBody(unfinishedBody_,
                    head.chunked ? detail::BodyFraming::kChunked : detail::BodyFraming::kLength,
                    head.contentLength.value_or(0), limits_);
  state_ = State::kBody;
  return HTTPEvent::kHead;
}

HTTPEvent HTTPRequestParser::nextOfBody(std::string_view& bytes) {
  detail::BodyReader body(unfinishedBody_, unfinishedHead_, limits_, table_);
  const HTTPEvent event = body.next(bytes);
  if (event == HTTPEvent::kEnd) state_ = State::kHead;
  return event == HTTPEvent::kRefused ? refuse(*body.refused(), bytes) : event;
}

HTTPEvent HTTPRequestParser::inputEnded() noexcept {
  if (state_ == State::kRefused) return HTTPEvent::kRefused;
  if (state_ == State::kHandedOver) return HTTPEvent::kHandedOver;
  if (idle()) return HTTPEvent::kEnd;
  std::string_view nothing;
  return refuse(state_ == State::kHead ? detail::kHeadCutShort : detail::kBodyCutShort, nothing);
}

void HTTPRequestParser::handOver() noexcept { state_ = State::kHandedOver; }

HTTPEvent HTTPRequestParser::refuse(const HTTPRefusal& why, std::string_view& bytes) noexcept {
  bytes.remove_prefix(bytes.size());
  unfinishedHead_ = {};
  refused_ = &why;
  state_ = State::kRefused;
  return HTTPEvent::kRefused;
}

}  // namespace couplet
