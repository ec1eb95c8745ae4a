// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The parser of responses against what other implementations test: see wire_cases.h.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/protocols/testing/gtest_every_cut.h>

#include "hearing.h"
#include "wire_cases.h"

namespace couplet {
namespace {

bool isComplete(const std::vector<std::string>& heard) {
  return std::find(heard.begin(), heard.end(), "end") != heard.end();
}

/// Every one of these responses is followed by the end of input, which ends a body without a
/// length. What they say `eof` and `accept_or_eof` of may be taken or refused: only that it is the
/// same at every cut is asked.
void check(const WireCase& given) {
  const HTTPResponseParser::Request request{.method = given.method};
  const auto hear = [&](const testing::Chunks& chunks) { return hearResponse(chunks, request); };
  if (given.expect == "accept") {
    EXPECT_TRUE(isComplete(hear({given.bytes})));
  } else if (given.expect == "reject") {
    EXPECT_FALSE(isComplete(hear({given.bytes})));
  }
  EXPECT_TRUE(testing::sameAtEveryCut(given.bytes, hear));
}

TEST(HTTPResponseCasesTest, ResponsesAreTakenAndRefusedAsTheyDeserve) {
  const std::vector<WireCase> cases = readWireCases("http1_responses.json", "response_b64");
  if (cases.empty() && !wireCasesRequired()) GTEST_SKIP() << "there are no wire cases here";
  ASSERT_FALSE(cases.empty()) << "the wire cases are not there, or cannot be read";
  for (const WireCase& given : cases) {
    SCOPED_TRACE(given.name + ": " + detail::quoteBytes(given.bytes));
    check(given);
  }
}

}  // namespace
}  // namespace couplet
