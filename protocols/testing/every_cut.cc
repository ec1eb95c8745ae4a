// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/testing/every_cut.h>

#include <algorithm>
#include <cstddef>

namespace couplet::testing {

namespace {

constexpr std::size_t kAllPlaces = 4096;  // a longer transcript is not cut at every one
constexpr std::size_t kEdge = 128;        // but near its ends
constexpr std::size_t kStride = 97;       // and so often between

Chunks inPieces(std::string_view transcript, std::size_t size) {
  Chunks chunks;
  for (; !transcript.empty(); transcript.remove_prefix(chunks.back().size())) {
    chunks.push_back(transcript.substr(0, size));
  }
  return chunks;
}

bool isTried(std::size_t place, std::size_t size) {
  return size <= kAllPlaces || place < kEdge || size - place < kEdge || place % kStride == 0;
}

}  // namespace

std::vector<Chunks> everyCut(std::string_view transcript) {
  std::vector<Chunks> cuts{inPieces(transcript, std::max<std::size_t>(transcript.size(), 1))};
  for (std::size_t place = 1; place < transcript.size(); ++place) {
    if (isTried(place, transcript.size())) {
      cuts.push_back({transcript.substr(0, place), transcript.substr(place)});
    }
  }
  for (const std::size_t size : {1, 2, 3, 5, 7, 16, 31}) cuts.push_back(inPieces(transcript, size));
  return cuts;
}

}  // namespace couplet::testing

namespace couplet::detail {

std::string quoteBytes(std::string_view bytes) {
  constexpr std::size_t kMost = 60;
  constexpr char kHex[] = "0123456789abcdef";
  std::string text = "\"";
  for (const char c : bytes.substr(0, kMost)) {
    const auto code = static_cast<unsigned char>(c);
    if (code >= 0x20 && code < 0x7f) {
      text += c;
    } else {
      text.append("\\x").append(1, kHex[code >> 4]).append(1, kHex[code & 15]);
    }
  }
  text += '"';
  if (bytes.size() > kMost) text += "... (" + std::to_string(bytes.size()) + " bytes)";
  return text;
}

std::string describeChunks(const testing::Chunks& chunks) {
  if (chunks.size() == 2) return quoteBytes(chunks[0]) + " + " + quoteBytes(chunks[1]);
  const std::size_t size = chunks.empty() ? 0 : chunks.front().size();
  return "pieces of " + std::to_string(size) + " bytes";
}

std::string describeHeard(const std::string& heard) { return quoteBytes(heard); }

std::string describeHeard(const std::vector<std::string>& heard) {
  std::string text = "[";
  for (const std::string& event : heard) text += (text.size() > 1 ? ", " : "") + quoteBytes(event);
  return text + "]";
}

}  // namespace couplet::detail
