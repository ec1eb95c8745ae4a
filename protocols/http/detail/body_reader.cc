// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/detail/body_reader.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>

#include <couplet/protocols/http/detail/head_reader.h>

namespace couplet::detail {

namespace {

/// RFC 9112 7.1.2. Trailers are fields like those of a head, and are not looked into.
class TrailerSection {
 public:
  static constexpr bool kHasFirstLine = false;
  static constexpr bool kTakesBareLF = false;
  static constexpr bool kTakesFolds = false;
  static constexpr const HTTPRefusal& kTooLarge = kTrailersTooLarge;

  TrailerSection(const HTTPLimits& limits, HeadTable& table) noexcept
      : limits_(limits), table_(table) {}

  SectionLimits limits() const noexcept { return {0, limits_.trailers, limits_.headerCount}; }
  HeaderField* begin() const { return table_.reserve(limits_.headerCount); }
  void field(const HeaderField&) const noexcept {}
  std::string& unfolded() const noexcept { return table_.unfolded; }

  const HTTPRefusal* whole(Scanner, std::string_view,
                           std::span<const HeaderField> fields) const noexcept {
    table_.trailers = fields;
    return nullptr;
  }

 private:
  const HTTPLimits& limits_;
  HeadTable& table_;
};

std::uint64_t valueOf(char hexDigit) noexcept {
  if (isDigit(hexDigit)) return static_cast<std::uint64_t>(hexDigit - '0');
  return static_cast<std::uint64_t>((hexDigit | 0x20) - 'a' + 10);
}

const HTTPRefusal* refusalIn(ChunkState state) noexcept {
  const bool behindData = state == ChunkState::kDataEnd || state == ChunkState::kDataEnd2;
  return behindData ? &kBadChunkEnd : &kBadChunkSize;
}

}  // namespace

HTTPEvent BodyReader::next(std::string_view& bytes) {
  switch (body_.framing) {
    case BodyFraming::kLength:
      return nextOfLength(bytes);
    case BodyFraming::kChunked:
      return nextOfChunks(bytes);
    case BodyFraming::kUntilClose:
      break;
  }
  return nextUntilClose(bytes);
}

HTTPEvent BodyReader::nextOfLength(std::string_view& bytes) {
  if (body_.left == 0) return HTTPEvent::kEnd;
  if (body_.left > body_.allowed) return refuse(&kBodyTooLarge);
  if (bytes.empty()) return HTTPEvent::kNeedMore;
  return takeData(bytes, body_.left);
}

HTTPEvent BodyReader::nextOfChunks(std::string_view& bytes) {
  while (!bytes.empty() && body_.chunk != ChunkState::kTrailers) {
    if (body_.chunk == ChunkState::kData) return takeData(bytes, body_.left);
    if (const HTTPRefusal* why = takeChunkByte(bytes.front())) return refuse(why);
    bytes.remove_prefix(1);
  }
  return body_.chunk == ChunkState::kTrailers ? nextTrailers(bytes) : HTTPEvent::kNeedMore;
}

HTTPEvent BodyReader::nextUntilClose(std::string_view& bytes) {
  if (bytes.empty()) return HTTPEvent::kNeedMore;
  return body_.allowed > 0 ? takeData(bytes, body_.allowed) : refuse(&kBodyTooLarge);
}

HTTPEvent BodyReader::takeData(std::string_view& bytes, std::uint64_t most) noexcept {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(most, bytes.size()));
  table_.body = bytes.substr(0, size);
  bytes.remove_prefix(size);
  body_.allowed -= size;
  if (body_.framing == BodyFraming::kUntilClose) return HTTPEvent::kBody;
  body_.left -= size;
  if (body_.left == 0) body_.chunk = ChunkState::kDataEnd;
  return HTTPEvent::kBody;
}

const HTTPRefusal* BodyReader::takeChunkByte(char c) noexcept {
  const ChunkState before = body_.chunk;
  body_.chunk = afterChunkByte(before, c);
  switch (body_.chunk) {
    case ChunkState::kRefused:
      return refusalIn(before);
    case ChunkState::kSize:
      body_.lineSize = body_.digits = 0;
      body_.left = 0;
      return nullptr;
    case ChunkState::kMoreSize:
      return takeDigit(c);
    case ChunkState::kExtension:
      return ++body_.lineSize > limits_.chunkLine ? &kChunkLineTooLong : nullptr;
    case ChunkState::kData:
      return beginChunk();
    default:
      return nullptr;
  }
}

const HTTPRefusal* BodyReader::takeDigit(char c) noexcept {
  if (++body_.lineSize > limits_.chunkLine) return &kChunkLineTooLong;
  if (++body_.digits > kMostSizeDigits) return &kChunkTooLarge;
  body_.left = body_.left << 4 | valueOf(c);
  return nullptr;
}

/// The line of its size is read.
const HTTPRefusal* BodyReader::beginChunk() noexcept {
  if (body_.left > INT64_MAX) return &kChunkTooLarge;
  if (body_.left == 0) body_.chunk = ChunkState::kTrailers;
  return body_.left > body_.allowed ? &kBodyTooLarge : nullptr;
}

HTTPEvent BodyReader::nextTrailers(std::string_view& bytes) {
  TrailerSection section(limits_, table_);
  const Reading reading = HeadReader(trailers_).read(bytes, section);
  if (reading.outcome == Reading::kNeedMore) return HTTPEvent::kNeedMore;
  if (reading.outcome == Reading::kRefused) return refuse(reading.refusal);
  body_.framing = BodyFraming::kLength;
  if (!table_.trailers.empty()) return HTTPEvent::kTrailers;
  HeadReader::forget(trailers_);
  return HTTPEvent::kEnd;
}

HTTPEvent BodyReader::refuse(const HTTPRefusal* why) noexcept {
  refused_ = why;
  return HTTPEvent::kRefused;
}

}  // namespace couplet::detail
