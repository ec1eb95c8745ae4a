// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/wire.h>

#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "faults_of_tests.h"
#include "messages.h"

namespace couplet {
namespace {

template <class M>
std::string onWire(const M& message) {
  std::string out;
  appendWire(out, message);
  return out;
}

/// What is no Output, and no fault either.
std::string refusal(std::string_view text) {
  const Result<Output> result = fromWire<Output>(text);
  if (result) return "";
  return result.failure().check<MessageError>() ? result.failure().message() : "a fault";
}

/// The fault that came for an Output.
template <class F>
const F* faultOf(const Result<Output>& result) {
  return result ? nullptr : result.failure().get<F>();
}

// Crunch 7: Type path, members, an always empty list; compact.
TEST(WireTest, IsTheNameTheMembersAndAnEmptyList) {
  EXPECT_EQ(onWire(Output{3.375}), R"({"value":["crunch_api.Output",{"value":3.375},[]]})");
}

// Crunch 7: The same shape is read.
TEST(WireTest, RoundTripsAMessage) {
  EXPECT_EQ(fromWire<Output>(onWire(Output{3.375})).value(), Output{3.375});
  EXPECT_EQ(fromWire<Tree>(onWire(Tree::ofDepth(5))).value(), Tree::ofDepth(5));
}

TEST(WireTest, IsReadWhateverTheSpace) {
  EXPECT_EQ(
      fromWire<Output>(" { \"value\" : [\n\"crunch_api.Output\", {\"value\": 1}, [ ] ] } ").value(),
      Output{1});
}

// Crunch 9: Faults have the same shape, with their own members.
TEST(WireTest, AFaultHasTheSameShape) {
  EXPECT_EQ(
      onWire(DivideByZero()),
      R"({"value":["crunch_api.DivideByZero",{"condition":"cannot divide by zero",)"
      R"("explanation":"the divisor is 0","error_code":0,"exit_code":172,"dividend":0.0},[]]})");
}

TEST(WireTest, AFaultIsWrittenByItsClassWhereOnlyTheBaseIsKnown) {
  const DivideByZero divide;
  const Fault& fault = divide;
  EXPECT_EQ(onWire(fault), onWire(divide));
}

// Crunch 12: The response as a typed message, or the fault.
TEST(WireTest, AKnownFaultComesAsItself) {
  const Result<Output> result = fromWire<Output>(onWire(TemporarilyUnavailable({"a", "b"})));
  ASSERT_TRUE(faultOf<TemporarilyUnavailable>(result));
  EXPECT_EQ(faultOf<TemporarilyUnavailable>(result)->unavailable.size(), 2U);
}

TEST(WireTest, AnApplicationsFaultComesAsItselfWhereItIsAdded) {
  DivideByZero sent;
  sent.dividend = 5;
  KnownFaults faults;
  faults.add<DivideByZero>();
  const Result<Output> result = fromWire<Output>(onWire(sent), faults);
  ASSERT_TRUE(faultOf<DivideByZero>(result));
  EXPECT_EQ(faultOf<DivideByZero>(result)->dividend, 5);
  EXPECT_STREQ(faultOf<DivideByZero>(result)->what(), "cannot divide by zero (the divisor is 0)");
}

// Crunch 11: A fault whose class is not known here.
TEST(WireTest, AnUnknownFaultKeepsItsNameAndItsText) {
  const Result<Output> result = fromWire<Output>(
      R"({"value":["other.Fault",{"condition":"c","explanation":"e","error_code":2,"exit_code":3,)"
      R"("more":[{"a":[1,null]},"b"],"flag":true},[]]})");
  const Faulted* const fault = faultOf<Faulted>(result);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->name(), "other.Fault");
  EXPECT_STREQ(fault->what(), "c (e)");
  EXPECT_EQ(fault->errorCode, 2);
  EXPECT_EQ(fault->exitCode, 3);
}

TEST(WireTest, AnUnknownFaultGoesOnUnderItsName) {
  const Result<Output> result =
      fromWire<Output>(R"({"value":["other.\"Fault\"",{"condition":"c","explanation":null},[]]})");
  ASSERT_TRUE(faultOf<Faulted>(result));
  EXPECT_EQ(onWire(*faultOf<Faulted>(result)),
            R"({"value":["other.\"Fault\"",{"condition":"c","explanation":"","error_code":0,)"
            R"("exit_code":172},[]]})");
}

TEST(WireTest, AnUnknownFaultIsBoundedToo) {
  std::string deep = R"({"value":["other.Fault",{"condition":"c","more":)";
  deep += std::string(100'000, '[');
  EXPECT_EQ(refusal(deep), R"(lists and objects inside each other, more than 32 for "Faulted")");
  std::string many = R"({"value":["other.Fault",{"condition":"c","more":[)";
  for (int i = 0; i < 100'000; ++i) many += "1,";
  EXPECT_NE(refusal(many).find("more than 100000 values"), std::string::npos);
}

TEST(WireTest, AKnownFaultIsReadStrictly) {
  EXPECT_EQ(refusal(R"({"value":["couplet.Aborted",{"more":1},[]]})"),
            R"(unknown member "more" in "Aborted")");
  EXPECT_EQ(refusal(R"({"value":["couplet.Aborted",{"condition":null},[]]})"),
            R"(null is not a string for member "condition" of "Aborted")");
}

TEST(WireTest, AnotherMessageIsUnexpected) {
  const Result<Output> result = fromWire<Output>(onWire(Multiply()));
  ASSERT_TRUE(faultOf<UnexpectedReply>(result));
  EXPECT_STREQ(faultOf<UnexpectedReply>(result)->what(),
               R"("crunch_api.Output" was expected and "crunch_api.Multiply" came)");
  EXPECT_NE(refusal(R"({"value":["Output",{"value":1},[]]})"), "");
}

TEST(WireTest, RefusesEveryOtherShape) {
  for (const char* text : {R"({})",
                           R"([])",
                           R"("x")",
                           R"({"value":1})",
                           R"({"value":[]})",
                           R"({"value":{}})",
                           R"({"values":["crunch_api.Output",{"value":1},[]]})",
                           R"({"value":[1,{"value":1},[]]})",
                           R"({"value":[["crunch_api.Output"],{"value":1},[]]})",
                           R"({"value":["crunch_api.Output"]})",
                           R"({"value":["crunch_api.Output",1,[]]})",
                           R"({"value":["crunch_api.Output",[],[]]})",
                           R"({"value":["crunch_api.Output",{}]})",
                           R"({"value":["crunch_api.Output",{},{}]})",
                           R"({"value":["crunch_api.Output",{},[1]]})",
                           R"({"value":["crunch_api.Output",{},[[]]]})",
                           R"({"value":["crunch_api.Output",{},[],[]]})",
                           R"({"value":["crunch_api.Output",{},[]],"value":1})",
                           R"({"value":["crunch_api.Output",{},[]]}{})",
                           R"({"value":["crunch_api.Output",{},null]})",
                           R"({"a":1,"value":["crunch_api.Output",{},[]]})",
                           R"({"value":"crunch_api.Output"})"}) {
    EXPECT_NE(refusal(text), "") << text;
  }
  EXPECT_EQ(refusal("{}"), R"(no {"value":["name",{...},[]]} for "Output")");
}

TEST(WireTest, RefusesEveryTextThatIsCutShort) {
  const std::string text = onWire(Output{3.375});
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_NE(refusal(text.substr(0, size)), "") << size;
  }
}

TEST(WireTest, NamesTheMemberThatIsWrong) {
  EXPECT_EQ(refusal(R"({"value":["crunch_api.Output",{"value":"a"},[]]})"),
            R"("a" is not a number for member "value" of "Output")");
}

TEST(WireTest, AppendsNothingWhereItThrows) {
  std::string out = "before";
  EXPECT_THROW(appendWire(out, Output{std::numeric_limits<double>::quiet_NaN()}), MessageError);
  EXPECT_THROW(appendWire(out, Faulted("\xff")), MessageError);
  EXPECT_EQ(out, "before");
}

TEST(WireTest, IsReadAsDeepAsItIsWritten) {
  EXPECT_TRUE(fromWire<Tree>(onWire(Tree::ofDepth(32)), {}, {.depth = 64}).hasValue());
}

}  // namespace
}  // namespace couplet
