// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Text that is made to break what reads it.
#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "messages.h"

namespace couplet {
namespace {

using std::string_literals::operator""s;

template <class M = Multiply>
std::string refusal(std::string_view text, const JSONLimits& limits = {}) {
  return whyNot([&] { return fromJSON<M>(text, limits); });
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (; times > 0; --times) all += text;
  return all;
}

std::string nested(int messages) {
  return repeated(R"({"children":[)", messages - 1) + "{}" + repeated("]}", messages - 1);
}

TEST(HostileJSONTest, RefusesWhatIsNoJSON) {
  for (const std::string& text : {""s,
                                  " "s,
                                  "{"s,
                                  "}"s,
                                  "{}x"s,
                                  "{},"s,
                                  "{}{}"s,
                                  "{}\n{}"s,
                                  "{,}"s,
                                  R"({"x"})"s,
                                  R"({"x":})"s,
                                  R"({"x":1,})"s,
                                  R"({x:1})"s,
                                  R"({'x':1})"s,
                                  R"({"x" 1})"s,
                                  R"({"x":1 "y":2})"s,
                                  R"({"x":tru})"s,
                                  R"({"x":True})"s,
                                  "// a\n{}"s,
                                  "{/**/}"s,
                                  "{#\n}"s,
                                  "\v{}"s,
                                  "\xa0{}"s,
                                  "\xef\xbb\xbf{}"s,
                                  "{}\xef\xbb\xbf"s,
                                  "\xff\xfe{\0}\0"s,
                                  R"({"x":1}])"s,
                                  R"({"x":[1})"s}) {
    EXPECT_NE(refusal(text), "") << text;
  }
}

TEST(HostileJSONTest, RefusesAZeroByteWhereverItStands) {
  const std::string text = R"({ "x" : 1 , "y" : 2 } )";
  for (std::size_t at = 0; at <= text.size(); ++at) {
    EXPECT_NE(refusal(text.substr(0, at) + '\0' + text.substr(at)), "") << at;
  }
}

TEST(HostileJSONTest, RefusesEveryTextThatIsCutShort) {
  const std::string text = R"({"value":[{"x":1.5e3,"y":-2},{}]})";
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_NE(refusal<Holder<std::vector<Multiply>>>(text.substr(0, size)), "") << size;
  }
}

TEST(HostileJSONTest, AMessageIsAnObject) {
  EXPECT_EQ(refusal("[]"), R"(a list is not an object for "Multiply")");
  EXPECT_EQ(refusal("1"), R"(1 is not an object for "Multiply")");
  EXPECT_EQ(refusal(R"("{}")"), R"("{}" is not an object for "Multiply")");
  EXPECT_EQ(refusal("null"), R"(null is not an object for "Multiply")");
}

TEST(HostileJSONTest, RefusesAMemberThatComesTwice) {
  EXPECT_EQ(refusal(R"({"x":1,"y":2,"x":1})"), R"(a second value for member "x" of "Multiply")");
  EXPECT_EQ(refusal(R"({"x":1,"\u0078":1})"), R"(a second value for member "x" of "Multiply")");
}

TEST(HostileJSONTest, TheSameMemberOfTwoMessagesComesOnce) {
  EXPECT_EQ(refusal<Holder<std::vector<Multiply>>>(R"({"value":[{"x":1},{"x":2}]})"), "");
}

TEST(HostileJSONTest, ManyOpenBracketsAreRefusedAtTheLimit) {
  EXPECT_EQ(refusal(std::string(100'000, '[')), R"(a list is not an object for "Multiply")");
  EXPECT_EQ(refusal<Tree>(repeated(R"({"children":[)", 100'000)),
            R"(lists and objects inside each other, more than 32 for member "children" of "Tree")");
}

TEST(HostileJSONTest, TakesWhatIsAsDeepAsTheLimit) {
  EXPECT_EQ(refusal<Tree>(nested(4), {.depth = 7}), "");
  EXPECT_NE(refusal<Tree>(nested(4), {.depth = 6}), "");
}

TEST(HostileJSONTest, NoLimitIsAboveWhatCanBeWritten) {
  EXPECT_EQ(refusal<Tree>(nested(32), {.depth = 1'000'000}), "");
  EXPECT_NE(refusal<Tree>(nested(33), {.depth = 1'000'000}), "");
}

TEST(HostileJSONTest, CountsTheElementsOfAllLists) {
  using Lists = Holder<std::vector<std::deque<int>>>;
  const std::string text = R"({"value":[[1,2],[],[3]]})";  // and "value": 7
  EXPECT_EQ(refusal<Lists>(text, {.values = 7}), "");
  EXPECT_EQ(refusal<Lists>(text, {.values = 6}),
            R"(more than 6 values for member "value" of "Holder")");
}

TEST(HostileJSONTest, CountsTheEntriesOfObjects) {
  using Map = Holder<std::map<std::string, int>>;
  EXPECT_EQ(refusal<Map>(R"({"value":{"a":1,"b":2}})", {.values = 3}), "");
  EXPECT_NE(refusal<Map>(R"({"value":{"a":1,"b":2}})", {.values = 2}), "");
}

TEST(HostileJSONTest, AMillionElementsAreTooMany) {
  const std::string text = R"({"value":[)" + repeated("[],", 1'000'000) + "[]]}";
  EXPECT_EQ(refusal<Holder<std::vector<std::deque<int>>>>(text),
            R"(more than 100000 values for member "value" of "Holder")");
}

TEST(HostileJSONTest, BytesThatAreNoUTF8AreRefusedInNamesToo) {
  EXPECT_EQ(refusal("{\"\xc0\xaf\":1}"), R"(a string that is no UTF-8 for "Multiply")");
  EXPECT_EQ(refusal(R"({"\udc00":1})"), R"(a string that is no UTF-8 for "Multiply")");
}

TEST(HostileJSONTest, OneByteMoreOrLessIsNeverACrash) {
  const std::string text = R"({"value":[[-1.5e-3,[["a\u00e9\n",{"x":1}],["",{}]]],[0,[]]]})";
  using Deep = Holder<std::map<double, std::map<std::string, Multiply>>>;
  using List = Holder<std::vector<std::pair<double, std::set<std::pair<std::string, double>>>>>;
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char c : "\0\"\\[]{}:,0-e.u\x80\xff"s) {
      std::string other = text;
      other[at] = c;
      refusal<Deep>(other);
      refusal<List>(other);
      refusal<List>(text.substr(0, at) + c + text.substr(at));
    }
  }
}

}  // namespace
}  // namespace couplet
