// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/detail/uri_reference.h>

#include <string>
#include <utility>

#include <gmock/gmock.h>

namespace couplet::detail {
namespace {

using ::testing::Eq;
using ::testing::Optional;
using ::testing::TestWithParam;
using ::testing::Values;

// RFC 3986 5.4: references on the page http://a/b/c/d;p?q.

using Example = std::pair<std::string, std::string>;

std::string resolve(std::string_view base, std::string_view reference) {
  return resolveURIReference(splitURIReference(base), splitURIReference(reference));
}

class ReferenceExampleTest : public TestWithParam<Example> {};

TEST_P(ReferenceExampleTest, Resolves) {
  EXPECT_EQ(resolve("http://a/b/c/d;p?q", GetParam().first), GetParam().second);
}

INSTANTIATE_TEST_SUITE_P(
    RFC3986Section541Normal, ReferenceExampleTest,
    Values(Example{"g:h", "g:h"}, Example{"g", "http://a/b/c/g"}, Example{"./g", "http://a/b/c/g"},
           Example{"g/", "http://a/b/c/g/"}, Example{"/g", "http://a/g"},
           Example{"//g", "http://g"}, Example{"?y", "http://a/b/c/d;p?y"},
           Example{"g?y", "http://a/b/c/g?y"}, Example{"#s", "http://a/b/c/d;p?q#s"},
           Example{"g#s", "http://a/b/c/g#s"}, Example{"g?y#s", "http://a/b/c/g?y#s"},
           Example{";x", "http://a/b/c/;x"}, Example{"g;x", "http://a/b/c/g;x"},
           Example{"g;x?y#s", "http://a/b/c/g;x?y#s"}, Example{"", "http://a/b/c/d;p?q"},
           Example{".", "http://a/b/c/"}, Example{"./", "http://a/b/c/"},
           Example{"..", "http://a/b/"}, Example{"../", "http://a/b/"},
           Example{"../g", "http://a/b/g"}, Example{"../..", "http://a/"},
           Example{"../../", "http://a/"}, Example{"../../g", "http://a/g"}));

INSTANTIATE_TEST_SUITE_P(
    RFC3986Section542Abnormal, ReferenceExampleTest,
    Values(Example{"../../../g", "http://a/g"}, Example{"../../../../g", "http://a/g"},
           Example{"/./g", "http://a/g"}, Example{"/../g", "http://a/g"},
           Example{"g.", "http://a/b/c/g."}, Example{".g", "http://a/b/c/.g"},
           Example{"g..", "http://a/b/c/g.."}, Example{"..g", "http://a/b/c/..g"},
           Example{"./../g", "http://a/b/g"}, Example{"./g/.", "http://a/b/c/g/"},
           Example{"g/./h", "http://a/b/c/g/h"}, Example{"g/../h", "http://a/b/c/h"},
           Example{"g;x=1/./y", "http://a/b/c/g;x=1/y"}, Example{"g;x=1/../y", "http://a/b/c/y"},
           Example{"g?y/./x", "http://a/b/c/g?y/./x"}, Example{"g?y/../x", "http://a/b/c/g?y/../x"},
           Example{"g#s/./x", "http://a/b/c/g#s/./x"}, Example{"g#s/../x", "http://a/b/c/g#s/../x"},
           Example{"http:g", "http:g"}));

TEST(URIReferenceTest, APageWithoutPathHasAnEmptyOne) {
  EXPECT_EQ(resolve("http://a", "g"), "http://a/g");
  EXPECT_EQ(resolve("http://a?q", "?y"), "http://a?y");
}

TEST(URIReferenceTest, AnEmptyQueryIsOne) {
  EXPECT_EQ(resolve("http://a/b?q", "?"), "http://a/b?");
}

TEST(URIReferenceTest, ThePagesFragmentIsLeftBehind) {
  EXPECT_EQ(resolve("http://a/b#s", ""), "http://a/b");
  EXPECT_EQ(resolve("http://a/b#s", "g"), "http://a/g");
}

// `http://evil` would be another host's page.
TEST(URIReferenceTest, APathDoesNotBecomeAHost) {
  EXPECT_EQ(resolve("http://a/b", "http:/..//evil"), "http:/.//evil");
  EXPECT_EQ(resolve("http://a/b", "/..//evil"), "http://a//evil");
}

// Appendix B.

TEST(URIReferenceTest, SplitsTheFiveParts) {
  const URIReference parts = splitURIReference("http://www.ics.uci.edu/pub/ietf/uri/?q#Related");
  EXPECT_THAT(parts.scheme, Optional(Eq("http")));
  EXPECT_THAT(parts.authority, Optional(Eq("www.ics.uci.edu")));
  EXPECT_EQ(parts.path, "/pub/ietf/uri/");
  EXPECT_THAT(parts.query, Optional(Eq("q")));
  EXPECT_THAT(parts.fragment, Optional(Eq("Related")));
}

TEST(URIReferenceTest, WhatIsNotThereIsNotEmpty) {
  const URIReference none = splitURIReference("a");
  EXPECT_FALSE(none.scheme || none.authority || none.query || none.fragment);
  const URIReference empty = splitURIReference("a:///?#");
  EXPECT_TRUE(empty.authority && empty.query && empty.fragment);
}

TEST(URIReferenceTest, TheFirstMarkOfAKindCounts) {
  const URIReference parts = splitURIReference("/a?b?c#d?e#f");
  EXPECT_THAT(parts.query, Optional(Eq("b?c")));
  EXPECT_THAT(parts.fragment, Optional(Eq("d?e#f")));
}

TEST(URIReferenceTest, AColonBehindASlashBelongsToThePath) {
  EXPECT_FALSE(splitURIReference("./a:b").scheme);
  EXPECT_FALSE(splitURIReference(":a").scheme);
}

// 5.2.4, and dots in escapes.

class DotSegmentsTest : public TestWithParam<Example> {};

TEST_P(DotSegmentsTest, AreRemoved) {
  EXPECT_EQ(removeDotSegments(GetParam().first), GetParam().second);
}

INSTANTIATE_TEST_SUITE_P(RFC3986Section524, DotSegmentsTest,
                         Values(Example{"/a/b/c/./../../g", "/a/g"},
                                Example{"mid/content=5/../6", "mid/6"}));
INSTANTIATE_TEST_SUITE_P(Edges, DotSegmentsTest,
                         Values(Example{"", ""}, Example{".", ""}, Example{"..", ""},
                                Example{"/", "/"}, Example{"/.", "/"}, Example{"/..", "/"},
                                Example{"./a", "a"}, Example{"../../a", "a"}, Example{"a/..", "/"},
                                Example{"//", "//"}, Example{"/a//../b", "/a/b"},
                                Example{"/a/.../b", "/a/.../b"}, Example{"/a/..b", "/a/..b"}));
INSTANTIATE_TEST_SUITE_P(Escaped, DotSegmentsTest,
                         Values(Example{"/a/%2e%2E/b", "/b"}, Example{"/a/.%2e/b", "/b"},
                                Example{"/a/%2e./b", "/b"}, Example{"/%2E/b", "/b"},
                                Example{"/a/%2e%2e", "/"}, Example{"/a/%2e%2e%2e", "/a/%2e%2e%2e"},
                                Example{"/a/%2ea", "/a/%2ea"}, Example{"/a/%2", "/a/%2"}));

}  // namespace
}  // namespace couplet::detail
