// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/base64.h>

#include <optional>
#include <string>
#include <utility>

#include <gmock/gmock.h>

namespace couplet {
namespace {

using ::testing::Optional;
using ::testing::TestWithParam;
using ::testing::Values;

using Vector = std::pair<std::string, std::string>;

class Base64VectorTest : public TestWithParam<Vector> {};

TEST_P(Base64VectorTest, IsEncodedAndDecoded) {
  const auto& [bytes, text] = GetParam();
  EXPECT_EQ(base64Encode(bytes), text);
  EXPECT_THAT(base64Decode(text), Optional(bytes));
}

INSTANTIATE_TEST_SUITE_P(RFC4648Section10, Base64VectorTest,
                         Values(Vector{"", ""}, Vector{"f", "Zg=="}, Vector{"fo", "Zm8="},
                                Vector{"foo", "Zm9v"}, Vector{"foob", "Zm9vYg=="},
                                Vector{"fooba", "Zm9vYmE="}, Vector{"foobar", "Zm9vYmFy"},
                                Vector{"\xfb\xff\xbf", "+/+/"}));

TEST(Base64Test, DecodesWhatItEncodesOfAnyBytes) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) {
    bytes += static_cast<char>(byte);
    ASSERT_THAT(base64Decode(base64Encode(bytes)), Optional(bytes));
  }
}

class Base64RefusedTest : public TestWithParam<std::string> {};

TEST_P(Base64RefusedTest, IsNotDecoded) { EXPECT_EQ(base64Decode(GetParam()), std::nullopt); }

INSTANTIATE_TEST_SUITE_P(Padding, Base64RefusedTest,
                         Values("Zg", "Zg=", "Zm8", "Zm9v=", "Zm9v====", "====", "=",
                                "Z===", "Zg==Zg==", "Z=g=", "=Zg="));
INSTANTIATE_TEST_SUITE_P(UnusedBits, Base64RefusedTest, Values("Zh==", "Zm9=", "Z/=="));
INSTANTIATE_TEST_SUITE_P(Characters, Base64RefusedTest,
                         Values("Zm9-", "Zm9_", "Zm 9", "Zm9\n", " Zm9v", "Zm9v\r\n", "Zm9\xc3",
                                std::string("Zm9\0", 4)));

}  // namespace
}  // namespace couplet
