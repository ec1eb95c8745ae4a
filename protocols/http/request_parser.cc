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
      : limits_(limits), table_(table) {}

  detail::SectionLimits limits() const noexcept {
    return {limits_.firstLine, limits_.head, limits_.headerCount};
  }

  HeaderField* begin() const {
    table_.framing = {};
    return table_.reserve(limits_.headerCount);
  }

  const char* ordinaryFirstLine(Scanner scanner, const char* line, const char* most) const noexcept;
  const HTTPRefusal* firstLine(Scanner scanner, const char* begin, const char* end) const;

  void field(const HeaderField& field) const noexcept {
    detail::collectFraming(table_.framing, field);
  }

  const HTTPRefusal* whole(Scanner scanner, std::string_view lines,
                           std::span<const HeaderField> fields) const;
  std::string& unfolded() const noexcept { return table_.unfolded; }

 private:
  RequestHead& head() const noexcept { return table_.request; }
  bool judgeOrdinary(Scanner scanner) const noexcept;

  const HTTPLimits& limits_;
  HeadTable& table_;
};

/// Of a plain method, a path, and HTTP/1.1 or 1.0.
inline const char* RequestSection::ordinaryFirstLine(Scanner scanner, const char* line,
                                                     const char* most) const noexcept {
  constexpr std::ptrdiff_t kRest = 11;  // bytes of " HTTP/1.1\r\n"
  const bool get = std::memcmp(line, "GET ", 4) == 0;
  const char* const methodEnd = get ? line + 3 : scanner.findNear<detail::PlainEnd>(line);
  if (!detail::isPair(methodEnd, " /") || methodEnd == line) return nullptr;
  const char* const target = methodEnd + 1;
  const char* const targetEnd = scanner.find<detail::TargetEnd>(target);
  if (most - targetEnd < kRest) return nullptr;
  const bool is11 = std::memcmp(targetEnd, " HTTP/1.1\r\n", kRest) == 0;
  if (!is11 && std::memcmp(targetEnd, " HTTP/1.0\r\n", kRest) != 0) return nullptr;
  RequestHead& head = this->head();
  head.method = {line, methodEnd};
  if (!get && head.method == "CONNECT") return nullptr;
  head.target = head.pathAndQuery = {target, targetEnd};
  head.version = is11 ? HTTPVersion::kHTTP11 : HTTPVersion::kHTTP10;
  head.form = TargetForm::kOrigin;
  return targetEnd + kRest;
}

const HTTPRefusal* RequestSection::firstLine(Scanner scanner, const char* begin,
                                             const char* end) const {
  const char* methodEnd = scanner.find<detail::PlainEnd>(begin);
  while (detail::isOf(*methodEnd, detail::ByteClass::kToken)) ++methodEnd;
  if (methodEnd == end) return &detail::kBadRequestLine;
  if (methodEnd == begin || *methodEnd != ' ') return &detail::kBadMethod;
  const char* const target = methodEnd + 1;
  const char* const targetEnd = scanner.find<detail::TargetEnd>(target);
  if (targetEnd == target || targetEnd == end) return &detail::kBadRequestLine;
  if (*targetEnd != ' ') return &detail::kBadTargetByte;
  head().method = {begin, methodEnd};
  head().target = {target, targetEnd};
  if (const auto* why = detail::readVersion({targetEnd + 1, end}, head().version)) return why;
  return detail::readTarget(head());
}

/// RFC 9112 3.2: exactly one Host, and a good one; on HTTP/1.0 there may be none.
const HTTPRefusal* refusalOfHost(const FramingFields& framing, HTTPVersion version,
                                 Scanner scanner) noexcept {
  const bool optional = version == HTTPVersion::kHTTP10;
  if (framing.hosts > 1) return &detail::kManyHosts;
  if (framing.hosts == 0 && !optional) return &detail::kNoHost;
  const bool mayBeEmpty = optional && framing.host.empty();
  return mayBeEmpty || detail::isAuthority(scanner, framing.host) ? nullptr : &detail::kBadHost;
}

/// RFC 9112 6.3, for requests.
const HTTPRefusal* readFraming(const FramingFields& framing, RequestHead& head) noexcept {
  head.chunked = framing.codings > 0;
  head.contentLength.reset();
  if (framing.codings > 0) {
    if (framing.lengths > 0) return &detail::kLengthAndCoding;  // step 3
    return detail::refusalOfCodings(framing, head.version);     // step 4
  }
  if (framing.lengths == 0) return nullptr;               // step 7
  if (framing.lengths > 1) return &detail::kManyLengths;  // step 5
  if (framing.lengthIs == FramingFields::Length::kBad) return &detail::kBadLength;
  if (framing.lengthIs == FramingFields::Length::kTooLarge) return &detail::kLengthTooLarge;
  head.contentLength = framing.length;  // step 6
  return nullptr;
}

/// What the fields mean together.
[[gnu::noinline]] const HTTPRefusal* judge(HeadTable& table, Scanner scanner) noexcept {
  const FramingFields& framing = table.framing;
  RequestHead& head = table.request;
  if (const auto* why = refusalOfHost(framing, head.version, scanner)) return why;
  if (const auto* why = readFraming(framing, head)) return why;
  detail::judgeConnection(head, framing);
  head.expectsContinue =
      head.version == HTTPVersion::kHTTP11 && framing.expectsContinue && head.hasBody();
  return nullptr;
}

/// A good Host, and nothing that `judge` would have to look at.
inline bool RequestSection::judgeOrdinary(Scanner scanner) const noexcept {
  const FramingFields& framing = table_.framing;
  if (framing.hosts != 1 || framing.others) return false;
  if (!detail::isPlainAuthority(scanner, framing.host)) return false;
  head().contentLength.reset();
  head().keepAlive = head().version == HTTPVersion::kHTTP11;
  head().chunked = head().upgrade = head().expectsContinue = false;
  return true;
}

inline const HTTPRefusal* RequestSection::whole(Scanner scanner, std::string_view lines,
                                                std::span<const HeaderField> fields) const {
  head().fieldLines = lines;
  head().fields = fields;
  const HTTPRefusal* const why = judgeOrdinary(scanner) ? nullptr : judge(table_, scanner);
  if (head().form == TargetForm::kOrigin || head().form == TargetForm::kAsterisk) {
    head().host = table_.framing.host;
  }
  return why;
}

}  // namespace

HTTPRequestParser::HTTPRequestParser(const HTTPLimits& limits, HTTPHeadTable& table) noexcept
    : limits_(limits), table_(table.layout()) {}

const RequestHead& HTTPRequestParser::head() const noexcept { return table_.request; }
std::string_view HTTPRequestParser::body() const noexcept { return table_.body; }

std::span<const HeaderField> HTTPRequestParser::trailers() const noexcept {
  return table_.trailers;
}

bool HTTPRequestParser::bodyIsOver() const noexcept { return detail::isOver(unfinishedBody_); }

void HTTPRequestParser::takeEnd() noexcept {
  detail::HeadReader::forget(unfinishedHead_);
  state_ = State::kHead;
}

inline HTTPEvent HTTPRequestParser::nextHead(std::string_view& bytes) {
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

HTTPEvent HTTPRequestParser::next(std::string_view& bytes) {
  detail::HeadReader::forget(unfinishedHead_);
  switch (state_) {
    case State::kHead:
      return bytes.empty() ? HTTPEvent::kNeedMore : nextHead(bytes);
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
