// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The line and integer-prefix receivers against cases gathered from Twisted's own tests. These are
// read from beside the checkout and are not part of it: skipped where they are not, unless
// COUPLET_REQUIRE_SHARED is set.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <rapidjson/document.h>

#include <couplet/protocols/testing/gtest_every_cut.h>

#include "receivers.h"

namespace couplet {
namespace {

constexpr char kPath[] = "../shared/data/line_int_cases.json";

struct Case {
  std::string name;
  std::string kind;  // intN, line, lineonly
  char format;       // of an intN: B, H or I as Python's struct has them; else 0
  std::string delimiter;
  std::size_t maxLength;
  std::vector<std::string> chunks;
  std::optional<std::vector<std::string>> received;  // none: the case does not say
  bool disconnecting;

  int prefixBytes() const { return format == 'B' ? 1 : format == 'H' ? 2 : 4; }
  std::string bytes() const {
    std::string all;
    for (const std::string& chunk : chunks) all += chunk;
    return all;
  }
};

std::string decodeBase64(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text.substr(0, text.find('='))) {
    bits = bits << 6 | static_cast<unsigned>(kDigits.find(c));
    count += 6;
    if (count >= 8) bytes += static_cast<char>(bits >> (count -= 8) & 0xff);
  }
  return bytes;
}

std::vector<std::string> decodeAll(const rapidjson::Value& texts) {
  std::vector<std::string> all;
  for (const auto& text : texts.GetArray()) all.push_back(decodeBase64(text.GetString()));
  return all;
}

Case caseFrom(const rapidjson::Value& json) {
  Case made;
  made.name = json["test"].GetString();
  made.kind = json["kind"].GetString();
  made.format = json["fmt"].IsNull() ? '\0' : json["fmt"].GetString()[1];
  made.delimiter = decodeBase64(json["delim"].GetString());
  made.maxLength = json["max"].GetUint();
  made.chunks = decodeAll(json["chunks"]);
  if (!json["received"].IsNull()) made.received = decodeAll(json["received"]);
  made.disconnecting = json["disconnecting"].GetBool();
  return made;
}

/// What the reference says: each string that is whole, up to the first that is too long, and that
/// one closes the connection.
void correctByTheReference(Case& wrong) {
  const std::string all = wrong.bytes();
  std::string_view bytes = all;
  const auto prefix = static_cast<std::size_t>(wrong.prefixBytes());
  wrong.received.emplace();
  while (bytes.size() >= prefix) {
    std::size_t length = 0;
    for (const unsigned char digit : bytes.substr(0, prefix)) length = length << 8 | digit;
    wrong.disconnecting = length > wrong.maxLength;
    if (wrong.disconnecting || bytes.size() < prefix + length) return;
    wrong.received->emplace_back(bytes.substr(prefix, length));
    bytes.remove_prefix(prefix + length);
  }
}

/// The cases whose own class overrides what closes the connection or what records, so that what
/// they have is not what a plain receiver does. The reference wins.
bool disagreesWithTheReference(const Case& given) {
  static const std::set<std::string, std::less<>> kNames = {
      "test_lengthLimitExceeded", "test_recvdChanged", "test_recvdContainsRemainingData",
      "test_recvdInLengthLimitExceeded", "test_switching"};
  return kNames.count(std::string_view(given.name).substr(given.name.find('.') + 1)) > 0;
}

std::vector<Case> readCases() {
  std::ifstream file(kPath);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  rapidjson::Document json;
  json.Parse(text.c_str());
  std::vector<Case> cases;
  if (json.HasParseError() || !json.IsArray()) return cases;
  for (const auto& value : json.GetArray()) {
    cases.push_back(caseFrom(value));
    if (disagreesWithTheReference(cases.back())) correctByTheReference(cases.back());
  }
  return cases;
}

template <class Recorder>
void check(const Case& given, std::function<void(Recorder&)> prepare) {
  Conversation<Recorder> with(prepare);
  for (const std::string& chunk : given.chunks) with.receive(chunk);
  EXPECT_EQ(with.disconnecting(), given.disconnecting);
  if (given.received) {
    EXPECT_EQ(with.heard(), *given.received);
  }
  EXPECT_TRUE(testing::sameAtEveryCut(given.bytes(), hearing<Recorder>(prepare)));
}

template <class Recorder>
void checkStrings(const Case& given) {
  check<Recorder>(given, [&](Recorder& receiver) { receiver.setMaxLength(given.maxLength); });
}

template <class Recorder>
void checkLines(const Case& given) {
  check<Recorder>(given, [&](Recorder& receiver) {
    receiver.setMaxLength(given.maxLength);
    receiver.setDelimiter(given.delimiter);
  });
}

void check(const Case& given) {
  if (given.kind == "line") return checkLines<LineRecorder<LineReceiver>>(given);
  if (given.kind == "lineonly") return checkLines<LineRecorder<LineOnlyReceiver>>(given);
  ASSERT_EQ(given.kind, "intN");
  if (given.prefixBytes() == 1) return checkStrings<Int8Recorder>(given);
  if (given.prefixBytes() == 2) return checkStrings<Int16Recorder>(given);
  checkStrings<Int32Recorder>(given);
}

TEST(TwistedCasesTest, ReceiversDoAsTwistedsDoButWhereTheReferenceSaysBetter) {
  const std::vector<Case> cases = readCases();
  if (cases.empty() && std::getenv("COUPLET_REQUIRE_SHARED") == nullptr) {
    GTEST_SKIP() << kPath << " is not there";
  }
  ASSERT_FALSE(cases.empty()) << kPath << " is not there, or cannot be read";
  for (const Case& given : cases) {
    SCOPED_TRACE(given.name);
    check(given);
  }
}

}  // namespace
}  // namespace couplet
