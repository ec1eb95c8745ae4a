// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/escape_html.h>

#include <string>

#include <gtest/gtest.h>

namespace couplet {
namespace {

TEST(EscapeHTMLTest, EscapesTheFiveThatMeanSomething) {
  EXPECT_EQ(escapeHTML("&<>\"'"), "&amp;&lt;&gt;&quot;&#39;");
}

TEST(EscapeHTMLTest, LeavesAllElse) {
  const std::string text("a/=`\0\xc3\xa9\n", 8);
  EXPECT_EQ(escapeHTML(text), text);
}

TEST(EscapeHTMLTest, EscapesWhatIsEscapedAgain) { EXPECT_EQ(escapeHTML("&amp;"), "&amp;amp;"); }

// Twisted's CVE-2024-41810: the target of a redirect, on the page that goes with it.
TEST(EscapeHTMLTest, ALinkDoesNotLeaveItsAttribute) {
  EXPECT_EQ(escapeHTML("https://example.com/\"><script>alert(1)</script>"),
            "https://example.com/&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
}

// Twisted's CVE-2022-39348: the Host of a request, on the page that says there is none.
TEST(EscapeHTMLTest, AHostIsNoScript) {
  EXPECT_EQ(escapeHTML("<script>x</script>"), "&lt;script&gt;x&lt;/script&gt;");
}

}  // namespace
}  // namespace couplet
