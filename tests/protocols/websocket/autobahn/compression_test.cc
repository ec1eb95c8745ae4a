// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Groups 12 and 13: permessage-deflate, with messages of all sizes and kinds and with each of its
// parameters, against plain zlib. RFC 7692, 7.
#include <algorithm>
#include <stdexcept>

#include <gmock/gmock.h>

#include "tests/protocols/websocket/autobahn/dialogue.h"
#include "tests/protocols/websocket/autobahn/plain_zlib.h"
#include "tests/protocols/websocket/autobahn/sample.h"

namespace couplet::autobahn {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;
using ::testing::TestWithParam;
using ::testing::ValuesIn;

constexpr std::size_t kWhole = SIZE_MAX;

/// Messages of one size.
struct Size {
  std::size_t message;            // characters or bytes
  std::size_t fragment = kWhole;  // deflated bytes of a frame that is sent
};

// The last part of a number is a place here.
const std::vector<Size> kSizes = {
    {16},         {64},         {256},         {1024},         {4096},         {8192},
    {16384},      {32768},      {65536},       {131072},       {8192, 256},    {16384, 256},
    {32768, 256}, {65536, 256}, {131072, 256}, {131072, 1024}, {131072, 4096}, {131072, 32768},
};

/// How many are sent: as many as deflate in the time that a test has, and always some, which refer
/// to one another.
int timesOf(std::size_t size) {
  constexpr std::size_t kWork = 256 * 1024;
  return static_cast<int>(std::clamp<std::size_t>(kWork / size, 3, 1000));
}

/// What is sent, and how the two agree on compressing it.
struct Agreement {
  std::string prefix;  // of its numbers
  Sample::Kind kind;
  std::string offer;   // of a client, to our server
  Agreed agreed;       // then
  std::string answer;  // of a server, to our client
};

const std::string kOffer = "permessage-deflate; client_no_context_takeover; client_max_window_bits";
const std::string kAnswer = "permessage-deflate";

constexpr Agreed kDefault{.clientNoContext = true};  // as kOffer says it would like

Agreement byDefault(const char* prefix, Sample::Kind kind) {
  return {prefix, kind, kOffer, kDefault, kAnswer};
}

const std::vector<Agreement> kAgreements = {
    // Autobahn 12.1.1-18, 12.2.1-18, 12.3.1-18, 12.4.1-18, 12.5.1-18
    byDefault("12.1.", Sample::Kind::kJSON),
    byDefault("12.2.", Sample::Kind::kPicture),
    byDefault("12.3.", Sample::Kind::kPoem),
    byDefault("12.4.", Sample::Kind::kPage),
    byDefault("12.5.", Sample::Kind::kDocument),
    // Autobahn 13.1.1-18
    byDefault("13.1.", Sample::Kind::kJSON),
    // Autobahn 13.2.1-18
    {"13.2.",
     Sample::Kind::kJSON,
     kOffer + "; server_no_context_takeover",
     {.serverNoContext = true, .clientNoContext = true},
     kAnswer + "; client_no_context_takeover"},
    // Autobahn 13.3.1-18
    {"13.3.",
     Sample::Kind::kJSON,
     kOffer + "; server_max_window_bits=9",
     {.clientNoContext = true, .serverBits = 9},
     kAnswer + "; client_max_window_bits=9"},
    // Autobahn 13.4.1-18
    {"13.4.",
     Sample::Kind::kJSON,
     kOffer + "; server_max_window_bits=15",
     {.clientNoContext = true, .serverBits = 15},
     kAnswer + "; client_max_window_bits=15"},
    // Autobahn 13.5.1-18
    {"13.5.",
     Sample::Kind::kJSON,
     kOffer + "; server_no_context_takeover; server_max_window_bits=9",
     {.serverNoContext = true, .clientNoContext = true, .serverBits = 9},
     kAnswer + "; client_no_context_takeover; client_max_window_bits=9"},
    // Autobahn 13.6.1-18
    {"13.6.",
     Sample::Kind::kJSON,
     kOffer + "; server_no_context_takeover; server_max_window_bits=15",
     {.serverNoContext = true, .clientNoContext = true, .serverBits = 15},
     kAnswer + "; client_no_context_takeover; client_max_window_bits=15"},
    // Autobahn 13.7.1-18: of several offers the first is kept.
    {"13.7.",
     Sample::Kind::kJSON,
     kOffer + "; server_no_context_takeover; server_max_window_bits=9, " + kOffer +
         "; server_no_context_takeover, " + kOffer,
     {.serverNoContext = true, .clientNoContext = true, .serverBits = 9},
     kAnswer + "; client_no_context_takeover; client_max_window_bits=9"},
};

struct Traffic {
  std::string number;
  Agreement agreement;
  Size size;
};

std::vector<Traffic> allTraffic() {
  std::vector<Traffic> all;
  for (const Agreement& agreement : kAgreements) {
    for (std::size_t i = 0; i < kSizes.size(); ++i) {
      all.push_back({agreement.prefix + std::to_string(i + 1), agreement, kSizes[i]});
    }
  }
  return all;
}

const std::vector<Traffic> kTraffic = allTraffic();

WebSocketOptions compressing() {
  WebSocketOptions options = roomy();
  options.compression = WebSocketCompression{};
  return options;
}

class CompressionTest : public TestWithParam<OnSide<Traffic>> {
 protected:
  bool isServer() const { return GetParam().side == WebSocketSide::kServer; }

  /// Shakes hands, and gives what our side is held to.
  Agreed agree() {
    const Agreement& agreement = GetParam().row.agreement;
    peer.shakeHands(isServer() ? agreement.offer : agreement.answer);
    if (!isServer()) {
      EXPECT_EQ(peer.itsExtensions(), "permessage-deflate; client_max_window_bits");
      return readAgreement(agreement.answer);
    }
    const Agreed agreed = readAgreement(peer.itsExtensions());
    EXPECT_EQ(agreed, agreement.agreed);
    return agreed;
  }

  /// Sends one, and has it back.
  void roundTrip(const std::string& message, PlainDeflater& deflater, PlainInflater& inflater) {
    const bool isText = Sample::of(GetParam().row.agreement.kind).isText();
    const unsigned first = isText ? frames::kText : frames::kBinary;
    const bool isLong = message.size() >= WebSocketCompression{}.threshold;
    peer.send(fragmented(frames::compressed(first), deflater.deflate(message),
                         GetParam().row.size.fragment));
    const auto heard = peer.hear();
    ASSERT_THAT(heard, SizeIs(1));
    ASSERT_EQ(heard[0].first, isLong ? frames::compressed(first) : first);
    ASSERT_TRUE((isLong ? inflater.inflate(heard[0].payload) : heard[0].payload) == message);
  }

  Peer peer{GetParam().side, compressing()};
};

TEST_P(CompressionTest, EveryMessageComesBack) {
  const Agreed agreed = agree();
  const int serverBits = agreed.serverBits.value_or(kMostBits);
  const int clientBits = agreed.clientBits.value_or(kMostBits);
  PlainDeflater deflater(isServer() ? clientBits : serverBits,
                         isServer() ? agreed.clientNoContext : agreed.serverNoContext);
  PlainInflater inflater(isServer() ? serverBits : clientBits,
                         isServer() ? agreed.serverNoContext : agreed.clientNoContext);
  const Sample& sample = Sample::of(GetParam().row.agreement.kind);
  const std::size_t size = GetParam().row.size.message;
  for (int i = 0; i < timesOf(size); ++i) {
    roundTrip(sample.part(i * size, size), deflater, inflater);
    if (HasFatalFailure()) return;
  }
  closeNormally(peer);
}

INSTANTIATE_TEST_SUITE_P(Server, CompressionTest, ValuesIn(on(WebSocketSide::kServer, kTraffic)),
                         nameOf<Traffic>);
INSTANTIATE_TEST_SUITE_P(Client, CompressionTest, ValuesIn(on(WebSocketSide::kClient, kTraffic)),
                         nameOf<Traffic>);

// That the inflater of these tests is as strict as it says.

/// What refers to itself over `distance` bytes, and over no fewer.
std::string again(std::size_t distance) {
  const std::string noise = Sample::of(Sample::Kind::kDocument).part(100, distance);
  return noise + noise;
}

TEST(PlainInflaterTest, RefusesWhatIsBeyondTheWindow) {
  const std::string payload = PlainDeflater(15, false).deflate(again(513));
  EXPECT_EQ(PlainInflater(10, false).inflate(payload), again(513));
  EXPECT_THROW(PlainInflater(9, false).inflate(payload), std::runtime_error);
}

TEST(PlainInflaterTest, RefusesWhatRefersToTheMessageBefore) {
  PlainDeflater deflater(15, false);
  const std::string first = deflater.deflate("to be, or not to be");
  const std::string second = deflater.deflate("to be, or not to be");
  PlainInflater keeping(15, false), forgetting(15, true);
  EXPECT_EQ(keeping.inflate(first), forgetting.inflate(first));
  EXPECT_EQ(keeping.inflate(second), "to be, or not to be");
  EXPECT_THROW(forgetting.inflate(second), std::runtime_error);
}

}  // namespace
}  // namespace couplet::autobahn
