// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Wire cases gathered from the tests of other HTTP implementations. They are read from beside the
// checkout and are not part of it: a test that uses them is skipped where they are not, unless
// COUPLET_REQUIRE_SHARED is set.
#pragma once

#include <string>
#include <vector>

namespace couplet {

struct WireCase {
  std::string name;
  std::string bytes;
  std::string expect;  // accept, reject, wait, not2xx, eof, accept_or_eof
  unsigned responses;  // to how many requests
  std::string method;  // of the request that a response answers
};

/// The cases of `../shared/data/NAME`, whose bytes are in `member`; none where there is no such
/// file.
std::vector<WireCase> readWireCases(const std::string& name, const char* member);

/// Whether it is an error that there are none.
bool wireCasesRequired();

}  // namespace couplet
