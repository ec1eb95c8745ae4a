// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/detail/copy_text.h>

#include <cstddef>
#include <string>

#include <gtest/gtest.h>

namespace couplet::detail {
namespace {

TEST(CopyTextTest, CopiesTextsOfAnySizeAndNothingAroundThem) {
  for (std::size_t size = 0; size <= 200; ++size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('a' + i % 26);
    std::string room(size + 2, '.');
    EXPECT_EQ(copyText(&room[1], text), &room[1] + size);
    EXPECT_EQ(room, "." + text + ".");
  }
}

}  // namespace
}  // namespace couplet::detail
