// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A message of many kinds of members.
#include <chrono>
#include <deque>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include <couplet/protocols/message/text.h>
#include <couplet/protocols/message/uuid.h>

#include "messages.h"

namespace couplet {
namespace {

using namespace std::chrono_literals;

struct Person {
  UUID id;
  std::string givenName;
  std::string familyName = "Doe";
  std::chrono::sys_days born{};
  std::optional<std::chrono::sys_time<std::chrono::milliseconds>> lastSeen;
  std::deque<Person> children;

  bool operator==(const Person&) const = default;
  static constexpr auto kMessage =
      message("people.Person", member("id", &Person::id), member("given_name", &Person::givenName),
              member("family_name", &Person::familyName), member("born", &Person::born),
              member("last_seen", &Person::lastSeen), member("children", &Person::children));
};

Person ada() {
  Person ada;
  ada.id = *UUID::parse("f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
  ada.givenName = "Ada";
  ada.familyName = "Lovelace";
  ada.born = std::chrono::sys_days(std::chrono::year(1815) / 12 / 10);
  ada.lastSeen = std::chrono::sys_days(std::chrono::year(1852) / 11 / 27) + 21h + 250ms;
  ada.children.resize(2);
  ada.children[1].givenName = "Anne Isabella";
  return ada;
}

// Crunch 1: A plain struct with one constexpr list of its members.
TEST(PersonTest, RoundTrips) { EXPECT_EQ(fromJSON<Person>(toJSON(ada())), ada()); }

TEST(PersonTest, IsWrittenInTheOrderOfItsList) {
  Person person = ada();
  person.children.clear();
  EXPECT_EQ(toJSON(person), R"({"id":"f81d4fae-7dec-11d0-a765-00a0c91e6bf6","given_name":"Ada",)"
                            R"("family_name":"Lovelace","born":"1815-12-10",)"
                            R"("last_seen":"1852-11-27T21:00:00.25Z","children":[]})");
}

// Crunch 1: A missing member keeps its default.
TEST(PersonTest, WhatIsMissingKeepsItsDefault) {
  const Person person = fromJSON<Person>(R"({"given_name":"Jane"})");
  EXPECT_EQ(person.familyName, "Doe");
  EXPECT_FALSE(person.lastSeen);
}

// Crunch 1: An unknown member is an error that names it.
TEST(PersonTest, AnUnknownMemberIsNamed) {
  EXPECT_EQ(whyNot([] { return fromJSON<Person>(R"({"children":[{"age":3}]})"); }),
            R"(unknown member "age" in "Person")");
}

TEST(PersonTest, StaysAnAggregate) {
  const Multiply multiply{6, 7};
  EXPECT_EQ(toJSON(multiply), R"({"x":6.0,"y":7.0})");
}

TEST(PersonTest, IsReadWhateverTheOrderAndTheSpace) {
  EXPECT_EQ(fromJSON<Multiply>(" {\t\"y\" :\r\n 2 , \"x\": 1 } \n"), (Multiply{1, 2}));
}

struct Nothing {
  bool operator==(const Nothing&) const = default;
  static constexpr auto kMessage = message("test.Nothing");
};

TEST(PersonTest, AMessageMayHaveNoMembers) {
  EXPECT_EQ(toJSON(Nothing()), "{}");
  EXPECT_EQ(fromJSON<Nothing>("{}"), Nothing());
  EXPECT_EQ(toText(Nothing()), "Nothing()");
}

}  // namespace
}  // namespace couplet
