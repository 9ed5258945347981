// SPDX-License-Identifier: Apache-2.0
#include "src/net/ip_address.h"

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

TEST(IpAddress, PrintsWhatItParses) {
  for (const char* text : {"0.0.0.0", "192.0.2.1", "255.255.255.255", "::", "2001:db8::1", "fe80::ff:0:0:1"}) {
    const auto address = IpAddress::Parse(text);
    ASSERT_TRUE(address.has_value()) << text;
    EXPECT_EQ(address->ToString(), text);
  }
}

TEST(IpAddress, RefusesWhatIsNoAddress) {
  for (const char* text : {"", "1.2.3", "1.2.3.256", "fe80::1%eth0", "example", "1:2:3:4:5:6:7:8:9"}) {
    EXPECT_FALSE(IpAddress::Parse(text).has_value()) << text;
  }
}

TEST(IpAddress, RefusesANulAnywhere) {
  using std::string_view_literals::operator""sv;
  for (const std::string_view text :
       {"192.0.2.1\0"sv, "192.0.2.1\0x"sv, "\0192.0.2.1"sv, "::1\0"sv, "::\0001"sv, "\0"sv}) {
    EXPECT_FALSE(IpAddress::Parse(text).has_value()) << text;
  }
}

TEST(IpAddress, KeepsTheBitsOfThePrefix) {
  EXPECT_EQ(IpAddress::Parse("192.0.2.129")->Prefix(25, 64).ToString(), "192.0.2.128");
  EXPECT_EQ(IpAddress::Parse("192.0.2.129")->Prefix(0, 64).ToString(), "0.0.0.0");
  EXPECT_EQ(IpAddress::Parse("192.0.2.129")->Prefix(32, 0).ToString(), "192.0.2.129");
  EXPECT_EQ(IpAddress::Parse("2001:db8:1:2:3::9")->Prefix(8, 64).ToString(), "2001:db8:1:2::");
  EXPECT_EQ(IpAddress::Parse("2001:db8:1:2:3::9")->Prefix(8, 0).ToString(), "::");
}

}  // namespace
}  // namespace tcpgauge
