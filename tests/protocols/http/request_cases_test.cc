// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The parser of requests against what other implementations test: see wire_cases.h.
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

/// What a server would do: answer so many requests, refuse, or wait.
struct Verdict {
  std::size_t answered = 0;
  bool refused = false;
};

Verdict judge(const std::vector<std::string>& heard) {
  Verdict verdict;
  for (const std::string& event : heard) {
    verdict.answered += event == "end";
    verdict.refused |= event.starts_with("refused");
  }
  return verdict;
}

void check(const WireCase& given) {
  const Verdict verdict = judge(hearRequests({given.bytes}));
  if (given.expect == "accept") {
    EXPECT_GE(verdict.answered, given.responses);
  } else if (given.expect == "reject") {
    EXPECT_TRUE(verdict.refused);
  } else if (given.expect == "not2xx" || given.expect == "wait") {
    EXPECT_EQ(verdict.answered, 0u);
  }
  EXPECT_TRUE(testing::sameAtEveryCut(
      given.bytes, [](const testing::Chunks& chunks) { return hearRequests(chunks); }));
}

TEST(HTTPRequestCasesTest, RequestsAreTakenAndRefusedAsTheyDeserve) {
  const std::vector<WireCase> cases = readWireCases("http1_cases.json", "request_b64");
  if (cases.empty() && !wireCasesRequired()) GTEST_SKIP() << "there are no wire cases here";
  ASSERT_FALSE(cases.empty()) << "the wire cases are not there, or cannot be read";
  for (const WireCase& given : cases) {
    SCOPED_TRACE(given.name + ": " + detail::quoteBytes(given.bytes));
    check(given);
  }
}

}  // namespace
}  // namespace couplet
