// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/failure.h>

#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <couplet/deferred/errors.h>

namespace couplet {
namespace {

struct Left {
  virtual ~Left() = default;
  int left = 1;
};
struct Right {
  virtual ~Right() = default;
  int right = 2;
};
struct Both : Left, Right, std::runtime_error {
  Both() : std::runtime_error("both") {}
};
struct Top {
  int top = 3;
};
struct FirstVirtual : virtual Top {};
struct SecondVirtual : virtual Top {};
struct Diamond : FirstVirtual, SecondVirtual {};
struct FirstCopy : Top {};
struct SecondCopy : Top {};
struct Ambiguous : FirstCopy, SecondCopy {};
class Hidden : Top {};

// Deferred 22: check gives the first type that it is, or is derived from; or none.
TEST(FailureTest, CheckGivesTheFirstTypeThatFits) {
  Failure failure{std::out_of_range("far")};
  EXPECT_EQ(*failure.check<std::out_of_range>(), typeid(std::out_of_range));
  EXPECT_EQ((*failure.check<std::runtime_error, std::logic_error, std::exception>()),
            typeid(std::logic_error));
  EXPECT_EQ((failure.check<std::runtime_error, int>()), nullptr);
  EXPECT_EQ(failure.check<>(), nullptr);
}

// Deferred 22: trap gives it too, and raises what is none of them.
TEST(FailureTest, TrapRaisesWhatDoesNotFit) {
  Failure failure{std::out_of_range("far")};
  EXPECT_EQ((failure.trap<int, std::exception>()), typeid(std::exception));
  EXPECT_THROW(failure.trap<std::runtime_error>(), std::out_of_range);
}

TEST(FailureTest, GetGivesTheException) {
  Failure failure{std::out_of_range("far")};
  EXPECT_STREQ(failure.get<std::exception>()->what(), "far");
  EXPECT_EQ(failure.get<std::runtime_error>(), nullptr);
  Failure copy = failure;
  EXPECT_EQ(copy.get<std::out_of_range>(), failure.get<std::out_of_range>());
}

TEST(FailureTest, FindsEachBaseOfSeveral) {
  Failure failure{Both()};
  EXPECT_EQ(failure.get<Left>()->left, 1);
  EXPECT_EQ(failure.get<Right>()->right, 2);
  EXPECT_EQ(failure.get<Both>()->right, 2);
  EXPECT_EQ(failure.message(), "both");
}

TEST(FailureTest, FindsAVirtualBase) {
  Failure failure{Diamond()};
  EXPECT_EQ(failure.get<Top>()->top, 3);
  EXPECT_EQ(failure.get<SecondVirtual>()->top, 3);
}

// As a catch clause would not.
TEST(FailureTest, DoesNotFindAnAmbiguousOrPrivateBase) {
  EXPECT_EQ(Failure(Ambiguous()).get<Top>(), nullptr);
  EXPECT_NE(Failure(Ambiguous()).get<SecondCopy>(), nullptr);
  EXPECT_EQ(Failure(Hidden()).check<Top>(), nullptr);
}

TEST(FailureTest, HoldsWhatIsNoStdException) {
  Failure number(42);
  EXPECT_EQ(*number.get<int>(), 42);
  EXPECT_EQ(number.check<long>(), nullptr);
  EXPECT_EQ(number.check<std::exception>(), nullptr);
  EXPECT_EQ(number.message(), "an exception of type int");
  EXPECT_THROW(number.raise(), int);
}

template <class T>
Failure thrown(T value) {
  try {
    throw value;
  } catch (...) {
    return Failure::current();
  }
}

TEST(FailureTest, HoldsThrownPointers) {
  Both both;
  EXPECT_NE(thrown("text").check<const char*>(), nullptr);
  EXPECT_NE(thrown(&both).check<Right*>(), nullptr);
  EXPECT_NE(thrown(&both).check<const Both*>(), nullptr);
  EXPECT_EQ(thrown(&both).check<Top*>(), nullptr);
  EXPECT_EQ(thrown(&both).get<Both>(), nullptr);
  EXPECT_NE(thrown(static_cast<Both*>(nullptr)).check<Both*>(), nullptr);
}

TEST(FailureTest, CurrentKeepsTheWholeException) {
  try {
    throw std::out_of_range("far");
  } catch (const std::exception&) {
    Failure failure = Failure::current();
    EXPECT_NE(failure.get<std::out_of_range>(), nullptr);
  }
}

TEST(FailureTest, RaiseThrowsTheSameObject) {
  Failure failure{std::out_of_range("far")};
  try {
    failure.raise();
  } catch (const std::out_of_range& error) {
    EXPECT_EQ(&error, failure.get<std::out_of_range>());
  }
}

TEST(FailureTest, CopiesAreEqualAndOthersNot) {
  Failure failure{std::out_of_range("far")};
  Failure copy = failure;
  EXPECT_EQ(copy, failure);
  EXPECT_EQ(Failure(failure.exception()), failure);
  EXPECT_FALSE(failure == Failure(std::out_of_range("far")));
}

TEST(FailureTest, KnowsWhereItWasRaised) {
  Failure here{std::out_of_range("far")};
  EXPECT_TRUE(std::string(here.raisedAt().file).ends_with("failure_test.cc"));
  EXPECT_EQ(here.raisedAt().line, static_cast<unsigned>(__LINE__ - 2));
  Failure there(std::out_of_range("far"), SourceLocation{"there.cc", 3});
  EXPECT_EQ(there.raisedAt().line, 3u);
}

TEST(FailureTest, PrintsItsMessage) {
  std::ostringstream out;
  out << Failure(std::out_of_range("far"));
  EXPECT_EQ(out.str(), "far");
}

TEST(FailureTest, NamesItsType) {
  EXPECT_EQ(Failure(CancelledError()).typeName(), "couplet::CancelledError");
  EXPECT_EQ(Failure(42).typeName(), "int");
}

TEST(FailureTest, AMovedFromOneHoldsNothing) {
  Failure failure{std::out_of_range("far")};
  Failure moved = std::move(failure);
  EXPECT_EQ(failure.check<std::exception>(), nullptr);
  EXPECT_EQ(failure.get<std::exception>(), nullptr);
  EXPECT_EQ(failure.typeName(), "nothing");
  EXPECT_EQ(moved.message(), "far");
}

TEST(FailureTest, MayBeAssignedWhatItsOwnErrorHolds) {
  Failure failure{FirstError(2, Failure(std::out_of_range("far"), SourceLocation{"poem.cc", 3}))};
  failure = failure.get<FirstError>()->subFailure();
  EXPECT_EQ(failure.message(), "far");
  EXPECT_EQ(failure.raisedAt().line, 3u);
}

}  // namespace
}  // namespace couplet
