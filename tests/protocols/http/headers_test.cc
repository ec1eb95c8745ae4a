// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/headers.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

#include "hearing.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string textOf(const Headers& headers) {
  std::string text;
  headers.appendTo(text);
  return text;
}

std::vector<std::string> elementsOf(std::string_view list) {
  std::vector<std::string> elements;
  while (const auto element = nextElement(list)) elements.emplace_back(*element);
  return elements;
}

TEST(HeadersTest, BeginsEmpty) {
  const Headers headers;
  EXPECT_TRUE(headers.empty());
  EXPECT_EQ(headers.size(), 0u);
  EXPECT_EQ(headers.get("A"), std::nullopt);
}

TEST(HeadersTest, KeepsOrderAndSpelling) {
  Headers headers{{"B", "1"}, {"a-B", "2"}};
  headers.add("C", "");
  EXPECT_EQ(textOf(headers), "B: 1\r\na-B: 2\r\nC: \r\n");
}

TEST(HeadersTest, FindsWhateverTheCase) {
  const Headers headers{{"Content-Type", "a"}, {"CONTENT-TYPE", "b"}};
  EXPECT_EQ(headers.get("content-type"), "a");
  EXPECT_TRUE(headers.has("Content-type"));
  EXPECT_FALSE(headers.has("Content_Type"));
  EXPECT_THAT(headers.all("content-Type"), ElementsAre("a", "b"));
  EXPECT_THAT(headers.all("Content"), IsEmpty());
}

TEST(HeadersTest, ComparesLettersOnlyWithoutCase) {
  const Headers headers{{"A^", "1"}};
  EXPECT_FALSE(headers.has("A~"));  // differs by 0x20, as letters of two cases do
}

TEST(HeadersTest, SetReplacesAllInThePlaceOfTheFirst) {
  Headers headers{{"A", "1"}, {"B", "2"}, {"a", "3"}, {"C", "4"}};
  headers.set("a", "5");
  EXPECT_EQ(textOf(headers), "a: 5\r\nB: 2\r\nC: 4\r\n");
  headers.set("D", "6");
  EXPECT_EQ(textOf(headers), "a: 5\r\nB: 2\r\nC: 4\r\nD: 6\r\n");
}

TEST(HeadersTest, RemoveTellsHowMany) {
  Headers headers{{"A", "1"}, {"B", "2"}, {"a", "3"}};
  EXPECT_EQ(headers.remove("A"), 2u);
  EXPECT_EQ(headers.remove("A"), 0u);
  EXPECT_EQ(textOf(headers), "B: 2\r\n");
}

TEST(HeadersTest, MayBeGivenItsOwnViews) {
  Headers headers{{"A", "a value that is long enough"}, {"B", "2"}};
  for (int i = 0; i < 100; ++i) headers.set("B", *headers.get("A"));
  for (int i = 0; i < 100; ++i) headers.add(headers[0].name, headers[1].value);
  headers.set(headers[0].name, headers[1].value);
  EXPECT_EQ(textOf(headers),
            "A: a value that is long enough\r\nB: a value that is long enough\r\n");
}

TEST(HeadersTest, CopiesAndMoves) {
  const Headers one{{"A", "1"}};
  Headers two = one;
  two.add("B", "2");
  const Headers three = std::move(two);
  EXPECT_EQ(textOf(one), "A: 1\r\n");
  EXPECT_EQ(textOf(three), "A: 1\r\nB: 2\r\n");
}

TEST(HeadersTest, AreAssigned) {
  const Headers one{{"A", "1"}};
  Headers two{{"B", "2"}};
  Headers& same = two;
  two = same;
  EXPECT_EQ(textOf(two), "B: 2\r\n");
  two = one;
  EXPECT_EQ(textOf(two), "A: 1\r\n");
  two = Headers{{"C", "3"}};
  EXPECT_EQ(textOf(two), "C: 3\r\n");
  two = Headers();
  EXPECT_TRUE(two.empty());
}

TEST(HeadersTest, AMoveTakesItsViewsAlong) {
  Headers one{{"A", "1"}};
  const HeaderField field = one[0];
  const Headers two = std::move(one);
  EXPECT_EQ(two[0].value.data(), field.value.data());
}

TEST(HeadersTest, TakesManyAndLongFields) {
  std::string expected;
  Headers headers;
  for (int i = 0; i < 200; ++i) {
    const std::string name = "Name-" + std::to_string(i);
    const std::string value(static_cast<std::size_t>(37 * i % 5000), 'x');
    headers.add(name, value);
    expected.append(name).append(": ").append(value).append("\r\n");
  }
  EXPECT_EQ(textOf(headers), expected);
  EXPECT_EQ(textOf(Headers(headers)), expected);
  headers.clear();
  EXPECT_EQ(textOf(headers), "");
  headers.add("A", "1");
  EXPECT_EQ(textOf(headers), "A: 1\r\n");
}

TEST(HeadersTest, TellsWhetherItsLinesLieAsTheyAreSent) {
  Headers headers;
  EXPECT_EQ(headers.asLines(), "");
  headers.add("A", "1");
  headers.add("B", "2");
  EXPECT_EQ(headers.asLines(), "A: 1\r\nB: 2\r\n");
  headers.remove("C");
  EXPECT_TRUE(headers.asLines().has_value());
  headers.remove("A");
  EXPECT_FALSE(headers.asLines().has_value());
  headers.clear();
  EXPECT_EQ(headers.asLines(), "");
}

const Headers& lastingPair() {
  static const Headers kPair = Headers::lasting({{"A", "1"}, {"Bee", "2"}});
  return kPair;
}

TEST(HeadersTest, LastingOnesAreShared) {
  const Headers copy = lastingPair();
  EXPECT_EQ(copy.asLines()->data(), lastingPair().asLines()->data());
  EXPECT_EQ(textOf(copy), "A: 1\r\nBee: 2\r\n");
  EXPECT_TRUE(Headers::lasting({}).empty());
  EXPECT_THROW(Headers::lasting({{"A b", "1"}}), std::invalid_argument);
}

TEST(HeadersTest, WhatChangesACopyOfLastingOnesLeavesTheOthers) {
  const auto changed = [](auto change) {
    Headers copy = lastingPair();
    change(copy);
    EXPECT_EQ(textOf(lastingPair()), "A: 1\r\nBee: 2\r\n");
    return textOf(copy);
  };
  EXPECT_EQ(changed([](Headers& copy) { copy.add("C", "3"); }), "A: 1\r\nBee: 2\r\nC: 3\r\n");
  EXPECT_EQ(changed([](Headers& copy) { copy.set("A", "3"); }), "A: 3\r\nBee: 2\r\n");
  EXPECT_EQ(changed([](Headers& copy) { copy.set("C", "3"); }), "A: 1\r\nBee: 2\r\nC: 3\r\n");
  EXPECT_EQ(changed([](Headers& copy) { copy.remove("A"); }), "Bee: 2\r\n");
  EXPECT_EQ(changed([](Headers& copy) { copy.clear(); }), "");
  EXPECT_EQ(changed([](Headers& copy) { copy = {}; }), "");
  const std::string line = "X: y\r\n";
  const std::string_view text = line;
  const HeaderField field{text.substr(0, 1), text.substr(3, 1)};
  EXPECT_EQ(changed([&](Headers& copy) { copy.assign({&field, 1}, text); }), line);
}

TEST(HeadersTest, TakesACopyOfNothing) {
  Headers headers{{"Old", "1"}};
  EXPECT_EQ(headers.assign({}, {}), "");
  EXPECT_TRUE(headers.empty());
}

TEST(HeadersTest, FindsNamesOfEverySize) {
  Headers headers;
  for (std::size_t size = 1; size < 70; ++size) {
    const std::string name(size, 'n');
    EXPECT_FALSE(headers.has(name)) << size;
    headers.add(name, "v");
    EXPECT_TRUE(headers.has(name)) << size;
    EXPECT_FALSE(headers.has(std::string(size, 'm'))) << size;
    EXPECT_TRUE(headers.hasElement(name, "V")) << size;
  }
  EXPECT_FALSE(headers.has(std::string(70, 'n')));
}

TEST(HeadersTest, TakesACopyOfWhatAParserReceived) {
  Headers headers{{"Old", "1"}};
  RequestListener listener;
  std::string bytes = "GET / HTTP/1.1\r\nHost:  a\r\nX: \tb \r\n\r\n";
  std::string_view view = bytes;
  ASSERT_EQ(listener.parser.next(view), HTTPEvent::kHead);
  headers.assign(listener.parser.head().fields, listener.parser.head().fieldLines);
  bytes.assign(bytes.size(), '?');
  EXPECT_EQ(textOf(headers), "Host: a\r\nX: b\r\n");
  EXPECT_EQ(textOf(Headers(headers)), "Host: a\r\nX: b\r\n");
}

TEST(HeadersTest, WhatWasReceivedMayBeChanged) {
  const std::string text = "A: 1\r\nB:  2\r\n";
  const std::string_view view = text;
  const std::vector<HeaderField> fields{{view.substr(0, 1), view.substr(3, 1)},
                                        {view.substr(6, 1), view.substr(10, 1)}};
  Headers headers;
  EXPECT_EQ(headers.assign(fields, text), text);
  headers.set("b", "3");
  headers.add("C", *headers.get("A"));
  EXPECT_EQ(textOf(headers), "A: 1\r\nb: 3\r\nC: 1\r\n");
  headers.assign(fields, text);
  headers.remove("A");
  EXPECT_EQ(textOf(headers), "B: 2\r\n");
  headers.assign({}, "");
  EXPECT_EQ(textOf(headers), "");
  headers.add("D", "4");
  EXPECT_EQ(textOf(headers), "D: 4\r\n");
}

// What is refused: http.md, "Must never be sent"; #9420, CVE-2023-26146, CVE-2026-21428.

std::string whyNot(std::string_view name, std::string_view value) {
  Headers headers{{"A", "1"}};
  try {
    headers.add(name, value);
  } catch (const std::invalid_argument& error) {
    EXPECT_THROW(headers.set(name, value), std::invalid_argument);
    EXPECT_EQ(textOf(headers), "A: 1\r\n") << "nothing is changed";
    return error.what();
  }
  return "";
}

TEST(HeadersTest, RefusesLineEndsInAValue) {
  EXPECT_EQ(whyNot("X", "v\r\nInjected: 1"), "header \"X\": CR in its value");
  EXPECT_EQ(whyNot("X", "v\nInjected: 1"), "header \"X\": LF in its value");
}

TEST(HeadersTest, RefusesNulInAValue) {
  EXPECT_EQ(whyNot("X", std::string_view("a\0b", 3)), "header \"X\": NUL in its value");
}

TEST(HeadersTest, RefusesControlBytesInAValue) {
  EXPECT_EQ(whyNot("X", "a\x01"), "header \"X\": a control byte in its value");
  EXPECT_EQ(whyNot("X", "a\x7f"), "header \"X\": a control byte in its value");
}

TEST(HeadersTest, RefusesBlanksAroundAValue) {
  for (const char* value : {" a", "a\t", " "}) {
    EXPECT_EQ(whyNot("X", value), "header \"X\": its value begins or ends with a space or tab");
  }
}

TEST(HeadersTest, RefusesANameThatIsNoToken) {
  for (const std::string_view name :
       {std::string_view(""), std::string_view("A B"), std::string_view("A:"),
        std::string_view("A\r\nB"), std::string_view("A\0", 2), std::string_view("\xc3\xa4")}) {
    EXPECT_THAT(whyNot(name, "v"), HasSubstr("its name is no token"));
  }
  EXPECT_EQ(whyNot("A\r\nB", "v"), "header \"A\\x0d\\x0aB\": its name is no token");
}

TEST(HeadersTest, RefusesWhatMayNotStandWhereverItStands) {
  for (std::size_t size = 1; size <= 40; ++size) {
    for (std::size_t place = 0; place < size; ++place) {
      std::string text(size, 'a');
      text[place] = '\n';
      EXPECT_NE(whyNot("X", text), "") << size << " bytes, at " << place;
      EXPECT_NE(whyNot(text, "v"), "") << size << " bytes, at " << place;
      text[place] = '_';
      EXPECT_EQ(whyNot(text, text), "");
    }
  }
}

TEST(HeadersTest, AreMadeOfGoodFieldsOnly) {
  EXPECT_THROW((Headers{{"A", "1"}, {"B", "\n"}}), std::invalid_argument);
}

TEST(HeadersTest, TakesTextOf8BitsAndTabsInside) { EXPECT_EQ(whyNot("X", "a\tb\xff\x80"), ""); }

// Lists.

TEST(HeadersTest, SplitsAListAtCommas) {
  EXPECT_THAT(elementsOf("a, b ,\tc"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(elementsOf(""), IsEmpty());
}

TEST(HeadersTest, SkipsEmptyElements) {
  EXPECT_THAT(elementsOf(", a,, \t,b,"), ElementsAre("a", "b"));
  EXPECT_THAT(elementsOf(",  \t ,"), IsEmpty());
}

TEST(HeadersTest, ACommaInQuotesSplitsNothing) {
  EXPECT_THAT(elementsOf("\"a, b\", c"), ElementsAre("\"a, b\"", "c"));
  EXPECT_THAT(elementsOf("x=\"a\\\", b\", c"), ElementsAre("x=\"a\\\", b\"", "c"));
  EXPECT_THAT(elementsOf("\"a, b"), ElementsAre("\"a, b"));
}

TEST(HeadersTest, FindsAnElementInAnyLine) {
  const Headers headers{{"Connection", "Close, foo"}, {"connection", "upgrade"}};
  EXPECT_TRUE(headers.hasElement("Connection", "close"));
  EXPECT_TRUE(headers.hasElement("Connection", "Upgrade"));
  EXPECT_FALSE(headers.hasElement("Connection", "keep-alive"));
  EXPECT_FALSE(headers.hasElement("Upgrade", "close"));
}

TEST(HeadersTest, APartOfAnElementIsNone) {
  EXPECT_FALSE(hasElement("close-not, not close", "close"));
}

}  // namespace
}  // namespace couplet
