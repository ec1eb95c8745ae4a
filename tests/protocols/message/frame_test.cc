// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The frames of the native protocol: docs/native-protocol.md.
#include <couplet/protocols/message/detail/frame.h>

#include <string>

#include <gtest/gtest.h>

#include <couplet/protocols/message/json.h>

#include "messages.h"

namespace couplet::detail {
namespace {

using Kind = Frame::Kind;

/// What was read, in short.
std::string read(std::string_view text) {
  FrameReader reader;
  const Frame frame = reader.read(text);
  std::string shown = std::to_string(static_cast<int>(frame.kind)) + ' ';
  shown.append(std::to_string(frame.number)).append(" ").append(frame.name).append(" ");
  return shown.append(frame.members);
}

std::string written(Kind kind, std::uint64_t id) {
  std::string out;
  const Output output{42};
  appendMessage(out, kind, id, "crunch_api.Output", TypeOf<Output>::value, &output);
  return out;
}

TEST(FrameTest, EachIsReadAsItIsWritten) {
  EXPECT_EQ(read(R"({"hello":{"version":1,"frame_limit":1024}})"),
            R"(0 0  {"version":1,"frame_limit":1024})");
  EXPECT_EQ(read(written(Kind::kRequest, 7)), R"(1 7 crunch_api.Output {"value":42.0})");
  EXPECT_EQ(read(written(Kind::kReply, 8)), R"(2 8 crunch_api.Output {"value":42.0})");
  EXPECT_EQ(read(written(Kind::kFault, 9)), R"(3 9 crunch_api.Output {"value":42.0})");
  EXPECT_EQ(read(written(Kind::kGoodbye, 0)), R"(7 0 crunch_api.Output {"value":42.0})");
  std::string cancel, enquiry, present, hello;
  appendCancel(cancel, kLargestNumber);
  appendEnquiry(enquiry, Kind::kEnquiry, 0);
  appendEnquiry(present, Kind::kPresent, 5);
  appendHello(hello, 99);
  EXPECT_EQ(read(cancel), "4 9007199254740991  ");
  EXPECT_EQ(read(enquiry), "5 0  ");
  EXPECT_EQ(read(present), "6 5  ");
  EXPECT_EQ(read(hello), R"(0 0  {"version":1,"frame_limit":99})");
}

TEST(FrameTest, TheyAreWrittenAsThePaperSays) {
  EXPECT_EQ(written(Kind::kRequest, 7),
            R"({"id":7,"request":["crunch_api.Output",{"value":42.0}]})");
  EXPECT_EQ(written(Kind::kGoodbye, 7), R"({"goodbye":["crunch_api.Output",{"value":42.0}]})");
}

TEST(FrameTest, WhiteSpaceMeansNothing) {
  EXPECT_EQ(read(" {\n\"id\" :\t7 , \"request\" : [ \"a.B\" , {\"x\": 1 } ] \r\n} "),
            "1 7 a.B {\"x\": 1 } ");
}

TEST(FrameTest, OthersAreMalformed) {
  for (const char* text : {
           "",
           "5",
           "[]",
           "{}",
           "{",
           "null",
           R"({"id":1})",
           R"({"hello":1})",
           R"({"hello":[]})",
           R"({"id":1,"hello":{}})",
           R"({"request":["a",{}]})",
           R"({"id":0,"request":["a",{}]})",
           R"({"id":-1,"request":["a",{}]})",
           R"({"id":1.0,"request":["a",{}]})",
           R"({"id":1e0,"request":["a",{}]})",
           R"({"id":"1","request":["a",{}]})",
           R"({"id":9007199254740992,"request":["a",{}]})",
           R"({"id":99999999999999999999,"request":["a",{}]})",
           R"({"id":1,"id":2,"cancel":true})",
           R"({"request":["a",{}],"id":1})",
           R"({"id":1,"request":{}})",
           R"({"id":1,"request":[]})",
           R"({"id":1,"request":[1,{}]})",
           R"({"id":1,"request":["a"]})",
           R"({"id":1,"request":["a",[]]})",
           R"({"id":1,"request":["a",{},[]]})",
           R"({"id":1,"request":["a",{}]]})",
           R"({"id":1,"request":["a",{}]},)",
           R"({"id":1,"cancel":false})",
           R"({"id":1,"cancel":null})",
           R"({"cancel":true})",
           R"({"id":1,"cancel":true,"more":1})",
           R"({"enquiry":-1})",
           R"({"id":1,"enquiry":1})",
           R"({"enquiry":[1]})",
           R"({"id":1,"ask":["a",{}]})",
           "{\"enquiry\":1}x",
       }) {
    // What is inside of a message is the reader's of that message to judge.
    const auto readAll = [&] {
      FrameReader reader;
      const Frame frame = reader.read(text);
      if (!frame.members.empty()) fromJSON<Holder<int>>(frame.members);
    };
    EXPECT_THROW(readAll(), MessageError) << text;
  }
}

TEST(FrameTest, ALongNameIsMalformed) {
  const auto named = [](std::size_t size) {
    return R"({"id":1,"request":[")" + std::string(size, 'x') + R"(",{}]})";
  };
  EXPECT_NO_THROW(read(named(255)));
  EXPECT_THROW(read(named(256)), MessageError);
}

TEST(FrameTest, WhatCannotBeWrittenLeavesNothing) {
  std::string out = "before";
  const Output output{1.0 / 0.0};
  EXPECT_THROW(appendMessage(out, Kind::kReply, 1, "a", TypeOf<Output>::value, &output),
               MessageError);
  EXPECT_EQ(out, "before");
}

}  // namespace
}  // namespace couplet::detail
