// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Both directions of permessage-deflate: RFC 7692, 7.2, beside plain zlib.
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

#include <couplet/protocols/testing/every_cut.h>

#include "tests/protocols/websocket/deflating.h"

namespace couplet {
namespace {

using detail::Inflated;
using detail::MessageDeflater;
using detail::MessageInflater;
using testing::deflated;
using ::testing::Each;
using ::testing::Eq;
using testing::inflated;
using testing::kLevel;
using testing::kMemoryLevel;
using ::testing::Optional;
using testing::someNoise;
using testing::someText;

using namespace std::string_literals;

const std::string kHello = "\xf2\x48\xcd\xc9\xc9\x07\x00"s;

std::vector<std::string> someMessages() {
  return {"Hello",         "Hello",          "",     someText(300),
          someText(70000), someNoise(40000), "",     std::string(100000, 'a'),
          someText(70000), someNoise(40000), "Hello"};
}

/// What plain zlib makes of the messages, each flushed, with its window.
class PlainDeflater {
 public:
  PlainDeflater(int level, int strategy, int windowBits = 15) {
    ::deflateInit2(&stream_, level, Z_DEFLATED, -windowBits, kMemoryLevel, strategy);
  }
  PlainDeflater(const PlainDeflater&) = delete;
  PlainDeflater& operator=(const PlainDeflater&) = delete;
  ~PlainDeflater() { ::deflateEnd(&stream_); }

  std::string deflate(std::string message, int flush = Z_SYNC_FLUSH) {
    std::string out(::deflateBound(&stream_, message.size()) + 64, '\0');
    stream_.next_in = reinterpret_cast<Bytef*>(message.data());
    stream_.avail_in = static_cast<uInt>(message.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    ::deflate(&stream_, flush);
    out.resize(out.size() - stream_.avail_out);
    return out;
  }

 private:
  z_stream stream_{};
};

/// Inflates with plain zlib and a window of no more than `windowBits`, byte by byte: what refers to
/// something that is further away is refused.
class StrictInflater {
 public:
  explicit StrictInflater(int windowBits) { ::inflateInit2(&stream_, -windowBits); }
  StrictInflater(const StrictInflater&) = delete;
  StrictInflater& operator=(const StrictInflater&) = delete;
  ~StrictInflater() { ::inflateEnd(&stream_); }

  std::optional<std::string> inflate(std::string payload) {
    payload.append("\0\0\xff\xff", 4);
    stream_.next_in = reinterpret_cast<Bytef*>(payload.data());
    stream_.avail_in = static_cast<uInt>(payload.size());
    std::string out;
    for (;;) {
      Bytef byte = 0;
      stream_.next_out = &byte;
      stream_.avail_out = 1;
      const int code = ::inflate(&stream_, Z_SYNC_FLUSH);
      if (stream_.avail_out == 0) out += static_cast<char>(byte);
      if (code == Z_BUF_ERROR) return out;
      if (code != Z_OK) return std::nullopt;
    }
  }

 private:
  z_stream stream_{};
};

// RFC 7692, 7.2.3.

TEST(MessageDeflaterTest, MakesTheMessageOfTheRFC) { EXPECT_EQ(deflated("Hello"), kHello); }

TEST(MessageDeflaterTest, RefersToTheMessageBeforeWhereItKeepsItsContext) {
  MessageDeflater deflater(15, true, kLevel, kMemoryLevel);
  EXPECT_EQ(deflated(deflater, "Hello"), kHello);
  EXPECT_EQ(deflated(deflater, "Hello"), "\xf2\x00\x11\x00\x00"s);
}

TEST(MessageDeflaterTest, RefersToNothingWhereItKeepsNone) {
  MessageDeflater deflater(15, false, kLevel, kMemoryLevel);
  EXPECT_EQ(deflated(deflater, "Hello"), kHello);
  EXPECT_EQ(deflated(deflater, "Hello"), kHello);
}

TEST(MessageDeflaterTest, Level0StoresTheMessageOfTheRFC) {
  EXPECT_EQ(deflated("Hello", 0), "\x00\x05\x00\xfa\xffHello\x00"s);
}

TEST(MessageDeflaterTest, AnEmptyMessageIsOneByte) {
  MessageDeflater deflater(15, true, kLevel, kMemoryLevel);
  EXPECT_EQ(deflated(deflater, ""), "\0"s);
  deflated(deflater, "Hello");
  EXPECT_EQ(deflated(deflater, ""), "\0"s);
  EXPECT_EQ(deflated(deflater, ""), "\0"s);
}

TEST(MessageDeflaterTest, WithAWindowOf8BitsNothingRefersToWhatCameBefore) {
  const std::string text(1000, 'a');
  MessageDeflater smallest(8, true, kLevel, kMemoryLevel);
  MessageDeflater small(9, true, kLevel, kMemoryLevel);
  EXPECT_GE(deflated(smallest, text).size(), text.size() / 8);  // a bit for each letter
  EXPECT_LT(deflated(small, text).size(), 30u);
}

TEST(MessageDeflaterTest, AppendsToWhatIsThere) {
  std::string out = "head";
  MessageDeflater deflater(15, false, kLevel, kMemoryLevel);
  deflater.deflate("Hello", true, out);
  EXPECT_EQ(out, "head" + kHello);
}

TEST(MessageInflaterTest, TakesTheMessagesOfTheRFC) {
  EXPECT_THAT(inflated(kHello), Optional("Hello"s));
  EXPECT_THAT(inflated("\x00\x05\x00\xfa\xffHello\x00"s), Optional("Hello"s));
  EXPECT_THAT(inflated("\xf3\x48\xcd\xc9\xc9\x07\x00\x00"s), Optional("Hello"s));
  EXPECT_THAT(inflated("\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"s),
              Optional("Hello"s));
  EXPECT_THAT(inflated("\0"s), Optional(""s));
}

TEST(MessageInflaterTest, TakesWhatRefersToTheMessageBefore) {
  MessageInflater inflater(15, true);
  EXPECT_THAT(inflated(inflater, kHello), Optional("Hello"s));
  EXPECT_THAT(inflated(inflater, "\xf2\x00\x11\x00\x00"s), Optional("Hello"s));
}

TEST(MessageInflaterTest, RefusesWhatRefersToTheMessageBeforeWithoutContext) {
  MessageInflater inflater(15, false);
  EXPECT_THAT(inflated(inflater, kHello), Optional("Hello"s));
  EXPECT_EQ(inflated(inflater, "\xf2\x00\x11\x00\x00"s), std::nullopt);
}

// What peers send.

TEST(MessageInflaterTest, AMessageOfNoBytesIsEmpty) {
  MessageInflater inflater(15, true);
  EXPECT_THAT(inflated(inflater, ""), Optional(""s));
  EXPECT_THAT(inflated(inflater, kHello), Optional("Hello"s));
  EXPECT_THAT(inflated(inflater, ""), Optional(""s));
  EXPECT_THAT(inflated(inflater, "\xf2\x00\x11\x00\x00"s), Optional("Hello"s));
}

TEST(MessageInflaterTest, SeveralFinalBlocksMayBeInAMessage) {
  const std::string hello = PlainDeflater(9, Z_DEFAULT_STRATEGY).deflate("Hello", Z_FINISH);
  EXPECT_THAT(inflated(hello + hello + '\0'), Optional("HelloHello"s));
  EXPECT_THAT(inflated(hello + kHello), Optional("HelloHello"s));
}

TEST(MessageInflaterTest, AFinalBlockMayBeTheLastByte) {
  const std::string hello = PlainDeflater(9, Z_DEFAULT_STRATEGY).deflate("Hello", Z_FINISH);
  MessageInflater inflater(15, true);
  EXPECT_THAT(inflated(inflater, hello), Optional("Hello"s));
  EXPECT_THAT(inflated(inflater, hello), Optional("Hello"s));
}

TEST(MessageInflaterTest, TakesWhatZlibMakesOfEveryStrategy) {
  for (const int strategy : {Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED}) {
    PlainDeflater plain(9, strategy);
    MessageInflater inflater(15, true);
    for (const std::string& message : someMessages()) {
      std::string payload = plain.deflate(message);
      if (!payload.empty()) payload.resize(payload.size() - 4);
      ASSERT_THAT(inflated(inflater, payload), Optional(message));
    }
  }
}

// What is none.

TEST(MessageInflaterTest, RefusesWhatIsNoDeflate) {
  EXPECT_EQ(inflated("\x06"s), std::nullopt);  // a block of a type that is none
  EXPECT_EQ(inflated("\x00\x05\x00\x00\x00Hello"s), std::nullopt);  // a length that is not its own
  EXPECT_EQ(inflated(someNoise(500, 7)), std::nullopt);
}

TEST(MessageInflaterTest, RefusesAMessageThatEndsInTheMiddle) {
  const std::string whole = deflated(someText(2000));
  for (std::size_t size = 1; size < whole.size(); ++size) {
    ASSERT_EQ(inflated(std::string_view(whole).substr(0, size)), std::nullopt) << size;
  }
}

// Round trips, of each size of window, with and without context.

struct Way {
  int windowBits;
  bool keepsContext;
};

void PrintTo(const Way& way, std::ostream* out) {
  *out << way.windowBits << (way.keepsContext ? " bits with context" : " bits");
}

std::vector<Way> allWays() {
  std::vector<Way> ways;
  for (int bits = 8; bits <= 15; ++bits) ways.insert(ways.end(), {{bits, false}, {bits, true}});
  return ways;
}

class DeflateWayTest : public ::testing::TestWithParam<Way> {
 protected:
  MessageDeflater deflater{GetParam().windowBits, GetParam().keepsContext, kLevel, kMemoryLevel};
  MessageInflater inflater{GetParam().windowBits, GetParam().keepsContext};
};

TEST_P(DeflateWayTest, MessagesComeBack) {
  for (const std::string& message : someMessages()) {
    ASSERT_THAT(inflated(inflater, deflated(deflater, message)), Optional(message));
  }
}

TEST_P(DeflateWayTest, PlainZlibReadsThemWithAWindowOfThatSize) {
  StrictInflater strict(GetParam().windowBits);
  for (const std::string& message : someMessages()) {
    ASSERT_THAT(strict.inflate(deflated(deflater, message)), Optional(message));
  }
}

TEST_P(DeflateWayTest, TextGetsSmaller) {
  EXPECT_LT(deflated(deflater, someText(5000)).size(), 4000u);
}

TEST_P(DeflateWayTest, WhatRestedBetweenTwoMessagesIsUnderstood) {
  for (const std::string& message : someMessages()) {
    const std::string payload = deflated(deflater, message);
    inflater.rest();
    ASSERT_THAT(inflated(inflater, payload), Optional(message));
    inflater.rest();
  }
}

TEST_P(DeflateWayTest, WhatIsMadeAfterARestRefersToNothing) {
  deflated(deflater, someText(5000));
  deflater.rest();
  EXPECT_THAT(inflated(deflated(deflater, someText(5000))), Optional(someText(5000)));
}

TEST_P(DeflateWayTest, AMessageMayBeMadeInPieces) {
  const std::string message = someText(3000) + someNoise(20000);
  for (const std::size_t size : {1, 7, 100, 5000}) {
    std::string payload;
    for (std::string_view rest = message; !rest.empty();) {
      const std::string_view piece = rest.substr(0, size);
      rest.remove_prefix(piece.size());
      deflater.deflate(piece, rest.empty() && size != 7, payload);
    }
    if (size == 7) deflater.deflate("", true, payload);
    ASSERT_THAT(inflated(inflater, payload), Optional(message));
  }
}

INSTANTIATE_TEST_SUITE_P(All, DeflateWayTest, ::testing::ValuesIn(allWays()));

// Cuts.

/// What comes of two messages, the first of them as it is cut.
std::vector<std::string> heardOf(const testing::Chunks& chunks, bool keepsContext) {
  MessageInflater inflater(15, keepsContext);
  std::string first;
  Inflated result = Inflated::kTaken;
  for (const std::string_view chunk : chunks) {
    result = inflater.inflate(chunk, first, SIZE_MAX);
    if (result != Inflated::kTaken) return {"broken"};
  }
  if (inflater.finish(first, SIZE_MAX) != Inflated::kTaken) return {"broken at the end"};
  return {first, inflated(inflater, kHello).value_or("broken")};
}

TEST(MessageInflaterTest, GivesTheSameAtEveryCut) {
  const std::string final = PlainDeflater(9, Z_DEFAULT_STRATEGY).deflate("Hello", Z_FINISH);
  for (const std::string& payload :
       {deflated(someText(300)), deflated(someNoise(60)), deflated(""), kHello + kHello,
        final + final + '\0', final + final, deflated(std::string(100000, 'a'))}) {
    for (const bool keepsContext : {false, true}) {
      testing::expectSameAtEveryCut(
          payload, [&](const testing::Chunks& chunks) { return heardOf(chunks, keepsContext); });
    }
  }
}

TEST(MessageInflaterTest, RefusesTheSameAtEveryCut) {
  for (const std::string& payload : {deflated(someText(300)).substr(0, 60), "\x06\x00\x00"s,
                                     "\x00\x05\x00\x00\x00Hello"s, deflated("a") + "\x0f"s}) {
    testing::expectSameAtEveryCut(payload, [&](const testing::Chunks& chunks) {
      const std::vector<std::string> heard = heardOf(chunks, true);
      return std::vector<std::string>{heard.front().substr(0, 6)};
    });
  }
}

}  // namespace
}  // namespace couplet
